import { options, refuse } from '../core/arguments.ts'
import { ArgumentError } from '../core/errors.ts'
import { checkExecutor } from '../execution/executor.ts'
import type { Executor } from '../execution/executor.ts'
import { breather, checkRunning, runningNames } from '../execution/progress.ts'
import type { Running } from '../execution/progress.ts'
import type { Field } from '../grid/field.ts'
import { isAbsorbing, isFokkerPlanck } from './fokker-planck/equation.ts'
import type { FokkerPlanck } from './fokker-planck/equation.ts'
import { gibbs } from './gibbs.ts'

/**
 * The stationary density of a Fokker–Planck equation on its grid: the null vector of the discrete generator, normalised to integrate to 1. With a drift
 * −∇f no flux runs (detailed balance holds face by face), so that it is e^{−βf} on the nodes. Where walls cut the grid into parts it is the
 * one among the stationary densities with equal f-levels in all parts.
 * @throws ArgumentError on another equation, or absorbing ends, which leave nothing; Cancelled
 */
export async function stationary(equation: FokkerPlanck, running: Running & { executor?: Executor } = {}): Promise<Field> {
  if (!isFokkerPlanck(equation)) refuse('stationary', 'equation', 'an equation made by fokkerPlanck()', (equation as { kind?: unknown } | null)?.kind ?? equation)
  options('stationary', running, ['executor', ...runningNames])
  checkExecutor('stationary', running.executor)
  checkRunning('stationary', running)
  const leak = equation.grid.axes.findIndex(isAbsorbing)
  if (leak >= 0) {
    throw new ArgumentError(`stationary: equation must be one that keeps its mass, got absorbing ends on axis ${leak}: all of it leaves in the end`)
  }
  await breather('stationary', running)({ fraction: 0, activity: 'forming the Gibbs density' }, () => undefined)
  return gibbs(equation.grid, equation.potential, { beta: equation.beta })
}
