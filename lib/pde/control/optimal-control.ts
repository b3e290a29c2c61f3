import { finite, integer, options, positive, refuse } from '../../core/arguments.ts'
import { checkExecutor } from '../../execution/executor.ts'
import type { Executor } from '../../execution/executor.ts'
import { checkRunning, runningNames } from '../../execution/progress.ts'
import type { Running } from '../../execution/progress.ts'
import { field, fieldOf, flat, isField } from '../../grid/field.ts'
import type { Field } from '../../grid/field.ts'
import { isGrid } from '../../grid/grid.ts'
import type { Grid } from '../../grid/grid.ts'
import { gradient } from '../../grid/operators.ts'
import { isPotential } from '../../potential/potential.ts'
import type { Potential } from '../../potential/potential.ts'
import { hamiltonJacobi } from '../hamilton-jacobi/equation.ts'
import { solve } from '../march.ts'
import { controlledDrift, cubicWeights, feedback } from './feedback.ts'
import type { Feedback } from './feedback.ts'

export interface OptimalControlOptions extends Running {
  /** f of the uncontrolled drift −∇f. */
  potential: Potential
  /** V, the cost at the end; default the potential. */
  terminal?: Potential | Field
  grid: Grid
  beta: number
  /** T. */
  time: number
  /** Equal intervals of [0, T] at whose ends the value is kept; default 64. Between them it is interpolated by cubics. */
  intervals?: number
  /** Name of a scheme of the Hamilton–Jacobi equation; default 'weno5'. */
  scheme?: string
  executor?: Executor
  /** `Cancelled.state` of the same call. */
  resume?: unknown
}

export interface OptimalControl {
  /** u(·, t), the least cost that is still to come at time t in [0, T]. */
  value(t: number): Field
  /** α*(·, t) = −∇u, one field an axis. */
  control(t: number): Field[]
  /**
   * Writes α*(x, t) to `out`, as `control(t)` interpolates it; outside the grid as its fields continue, at the nearest point of a Dirichlet or Neumann
   * axis. `sde({ dim, drift: policy, noise })` can be sent to other threads.
   */
  policy: Feedback
  /** Writes −∇f(x) + α*(x, t): the drift of the controlled equation `sde({ dim, drift, noise: 1 / Math.sqrt(beta) })`, which goes wherever the potential can. */
  drift: Feedback
}

/**
 * The control α of dx = (−∇f + α) dt + β^{−1/2} dW that minimises E[V(x(T)) + ½∫|α|² dt] (Chaudhari et al. 2018, Deep Relaxation, stochastic control): the value
 * solves −u_t = −½|∇u|² − ∇f·∇u + (1/2β)Δu backwards from u(·, T) = V, and α* = −∇u. Marched on the grid as a Hamilton–Jacobi equation in T − t with drift −∇f,
 * whose characteristics leave the domain where f rises outwards. Orders are the scheme's; the control has second order (central differences).
 * @throws ArgumentError; DivergenceError and Cancelled as `solve`
 */
export async function optimalControl(given: OptimalControlOptions): Promise<OptimalControl> {
  const where = 'optimalControl'
  options(where, given, ['potential', 'terminal', 'grid', 'beta', 'time', 'intervals', 'scheme', 'executor', 'resume', ...runningNames])
  const { potential, grid } = given
  if (!isGrid(grid)) refuse(where, 'grid', 'a grid made by grid()', grid)
  if (!isPotential(potential) || potential.dim !== grid.dim) refuse(where, 'potential', `a potential of dimension ${grid.dim}, as the grid`, potential)
  const beta = positive(where, 'beta', given.beta)
  const time = positive(where, 'time', given.time)
  const intervals = integer(where, 'intervals', given.intervals ?? 64, 3)
  checkExecutor(where, given.executor)
  checkRunning(where, given)
  const initial = terminalOf(where, grid, given.terminal ?? potential)
  const drift = (x: Float64Array, out: Float64Array): void => {
    potential.gradient(x, out)
    for (let k = 0; k < out.length; k++) out[k] = -out[k]
  }
  const { signal, onProgress, scheme, resume } = given
  const { fields } = await solve(hamiltonJacobi({ initial, beta, drift }), {
    time, saveAt: Array.from({ length: intervals + 1 }, (_, k) => (k === intervals ? time : (k * time) / intervals)),
    ...(scheme !== undefined && { scheme }), ...(signal && { signal }), ...(onProgress && { onProgress }), ...(resume !== undefined && { resume }),
  })
  const values = fields.map((saved) => flat(where, 'value', saved))
  const valueAt = (caller: string, t: number): Field => {
    finite(caller, 't', t)
    if (t < 0 || t > time) refuse(caller, 't', `a time from 0 to ${time}`, t)
    return fieldOf(grid, interpolated(values, (intervals * (time - t)) / time))
  }
  const policy = feedback(grid.axes, time, values)
  return Object.freeze({
    value: (t: number) => valueAt('value', t),
    control: (t: number) => gradient(valueAt('control', t)).map((slope) => fieldOf(grid, flat('control', 'slope', slope).map((p) => -p))),
    policy,
    drift: controlledDrift(potential, policy),
  })
}

function terminalOf(where: string, grid: Grid, terminal: unknown): Field {
  if (isField(terminal)) return terminal.grid === grid ? terminal : refuse(where, 'terminal', 'a field on the grid of the call, or a potential', 'a field on another grid')
  if (isPotential(terminal) && terminal.dim === grid.dim) return field(grid, terminal)
  return refuse(where, 'terminal', `a potential of dimension ${grid.dim}, as the grid, or a field on it`, terminal)
}

/** Equally spaced fields at place s in units of their distance. */
function interpolated(values: readonly Float64Array[], s: number): Float64Array {
  const { first, weights } = cubicWeights(values.length, s)
  return values[0].map((_, i) => weights.reduce((sum, weight, k) => (weight === 0 ? sum : sum + weight * values[first + k][i]), 0))
}
