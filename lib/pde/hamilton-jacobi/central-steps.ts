import type { Grid } from '../../grid/grid.ts'
import type { Workspace } from '../../kernels/workspace.ts'
import type { Stepper } from '../equation.ts'
import { heldNodes } from '../held-nodes.ts'
import { combineStages, diffusionRate, legendreStages } from '../super-time-stepping.ts'
import { separableOperator } from './central-flow.ts'
import { centralRates } from './central-rates.ts'
import type { CentralOperator } from './central-rates.ts'
import { discreteHamiltonian } from './discrete-hamiltonian.ts'
import type { DiscreteHamiltonian } from './discrete-hamiltonian.ts'
import type { HamiltonJacobi } from './equation.ts'
import type { HamiltonJacobiScheme } from './scheme.ts'
import { phasesOf } from './viscous.ts'

/**
 * For W = dt·viscosity Σ1/h² and ν = dt|∂H/∂p|√Σ1/h² the eigenvalues of all waves lie within x + iy, x = −W s₂, |y| ≤ ν s₁, with s₁(θ)² ≤ s₂(θ) the symbols of the
 * differences (Cauchy–Schwarz, and s₁² is concave in s₂). With half a stage more than the real axis asks for the polynomial of RKL2 is at most 1 there
 * while ν²/W ≤ 1.2, whatever the number of stages, and while ν ≤ 1.2 (by computation; a test holds it).
 */
export const largestRatio = 1.2
export const largestCrossing = 1.2

/** Stages of RKL2 for a time over which the viscous term alone has eigenvalues down to −extent. */
export function stagesFor(extent: number): number {
  return Math.max(3, Math.ceil(Math.sqrt(9 + 8 * extent) / 2))
}

/** The error in time that a step may make beside that in space. */
const timeShare = 0.25
/** No step is made shorter for an error of less than this share of the waves while they turn once: on fine grids the error in space is far below what steps of order 2 can match. */
const finest = 1e-6

/** Steps of RKL2 over −H(x, ∇u) + viscosity Δu as a whole. */
export function centralSteps(equation: HamiltonJacobi, scheme: HamiltonJacobiScheme, workspace: Workspace): Stepper {
  const { initial: { grid }, viscosity } = equation
  const hamiltonian = discreteHamiltonian(equation)
  const { hold } = heldNodes(grid)
  const spread = viscosity * grid.spacing.reduce((sum, h) => sum + 1 / (h * h), 0)
  const stages = (dt: number): number => stagesFor(-dt * spread * scheme.laplacian.symbol(1))
  const { crossings, advance } = hamiltonian.separable !== undefined && grid.dim <= 3
    ? separableOperator(grid, viscosity, hamiltonian.separable, workspace) : generalOperator(grid, viscosity, hamiltonian, scheme)
  const stable = (speed: number): number => Math.max((largestRatio * spread) / speed ** 2, largestCrossing / speed)
  return {
    evaluations: stages,
    prepare: hold,
    stableStep: (u) => stable(crossings(u)),
    courantStep: (u, cfl) => {
      const speed = crossings(u)
      return Math.min(cfl / speed, stable(speed), accurateStep(grid, viscosity, phasesOf(grid, u), speed))
    },
    step: (u, dt) => advance(u, stages(dt), dt),
  }
}

/**
 * The step at which RKL2 errs by a share of what the differences do: |ω|³dt²/18 a unit of time, for waves of phase κh along an axis that change at the rate ω, and
 * crossings·(κh)⁵/30 + viscosity κ²(κh)⁴/90.
 */
function accurateStep(grid: Grid, viscosity: number, phases: readonly number[], crossings: number): number {
  return phases.reduce((shortest, phase, k) => {
    const decay = (viscosity * phase * phase) / grid.spacing[k] ** 2
    const loss = (crossings * phase ** 5) / 30 + (decay * phase ** 4) / 90
    const rate = Math.hypot(decay, crossings * phase)
    return rate > 0 ? Math.min(shortest, Math.sqrt((18 * timeShare * Math.max(loss, finest * rate)) / rate ** 3)) : shortest
  }, Infinity)
}

/** For any H and any number of axes. */
export function generalOperator(grid: Grid, viscosity: number, hamiltonian: DiscreteHamiltonian, { laplacian }: HamiltonJacobiScheme): CentralOperator {
  const { rate: rateOf, crossings } = centralRates(grid, hamiltonian, viscosity)
  const diffuse = diffusionRate(grid, viscosity, laplacian)
  const { nodes } = heldNodes(grid)
  const [first, spread, rate, start] = Array.from({ length: 4 }, () => new Float64Array(grid.size))
  let [before, last, next] = Array.from({ length: 3 }, () => new Float64Array(grid.size))
  const whole = (u: Float64Array, out: Float64Array): void => {
    rateOf(u, out)
    diffuse(u, spread)
    for (let i = 0; i < out.length; i++) out[i] += spread[i]
    for (let i = 0; i < nodes.length; i++) out[nodes[i]] = 0
  }
  const advance = (u: Float64Array, stages: number, time: number): void => {
    start.set(u)
    before.set(u)
    whole(u, first)
    const { opening, later } = legendreStages(stages, time)
    for (let i = 0; i < u.length; i++) last[i] = u[i] + opening * first[i]
    for (const stage of later) {
      whole(last, rate)
      combineStages(stage, start, last, before, rate, first, next)
      ;[before, last, next] = [last, next, before]
    }
    u.set(last)
  }
  return { crossings, advance }
}
