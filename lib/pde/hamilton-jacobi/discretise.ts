import { ArgumentError } from '../../core/errors.ts'
import type { Grid } from '../../grid/grid.ts'
import { ordinary } from '../../kernels/workspace.ts'
import type { Workspace } from '../../kernels/workspace.ts'
import type { Stepper } from '../equation.ts'
import { heldNodes } from '../held-nodes.ts'
import { centralRates } from './central-rates.ts'
import { centralSteps } from './central-steps.ts'
import { discreteHamiltonian } from './discrete-hamiltonian.ts'
import type { DiscreteHamiltonian } from './discrete-hamiltonian.ts'
import type { HamiltonJacobi } from './equation.ts'
import { laxFriedrichsRates } from './lax-friedrichs-rates.ts'
import type { SlopeBox } from './lax-friedrichs-rates.ts'
import type { Rates } from './rates.ts'
import type { HamiltonJacobiScheme } from './scheme.ts'
import { separableRates } from './separable-rates.ts'
import { flowStep, viscousFlow } from './viscous.ts'

/**
 * u_t = −H(x, ∇u) + viscosity Δu on the initial field's grid: rates of H by the scheme's flux, the viscous flow in between, end nodes with a Dirichlet value
 * held. `within`: slopes for which the dissipation of Lax–Friedrichs fluxes has to hold besides those of the state.
 */
export function discretise(equation: HamiltonJacobi, scheme: HamiltonJacobiScheme, workspace: Workspace = ordinary, within?: SlopeBox): Stepper {
  const { initial: { grid }, viscosity } = equation
  const { integrator } = scheme
  if (scheme.flux === 'central' && viscosity === 0) {
    throw new ArgumentError(`solve: scheme must be one for kinks, such as 'weno5' or 'godunov', where the viscosity is 0, got "${scheme.name}"`)
  }
  if (scheme.flux === 'central' && scheme.viscous === 'rkl2') return centralSteps(equation, scheme, workspace)
  const rates = ratesOf(grid, scheme, discreteHamiltonian(equation), viscosity, workspace, within)
  const { nodes, hold } = heldNodes(grid)
  const rate = (u: Float64Array, out: Float64Array): void => {
    rates.rate(u, out)
    for (let i = 0; i < nodes.length; i++) out[nodes[i]] = 0
  }
  const flow = viscousFlow(grid, viscosity, scheme.laplacian, scheme.viscous ?? 'exact', workspace)
  const propagate = viscosity === 0 ? flow.propagate : (u: Float64Array, time: number, out: Float64Array): void => {
    flow.propagate(u, time, out)
    hold(out)
  }
  const work = Array.from({ length: integrator.arrays }, () => workspace.numbers(grid.size))
  const viscousCrossings = grid.axes.reduce((sum, axis, k) => sum + (2 * Math.PI * viscosity) / ((axis.max - axis.min) * grid.spacing[k]), 0)
  const inexact = viscosity > 0 && (scheme.viscous ?? 'exact') !== 'exact'
  const longestFlow = inexact ? flowStep(grid, viscosity, scheme.order.space) : () => Infinity
  return {
    evaluations: (dt) => integrator.flows.reduce((sum, share) => sum + flow.stages(share * dt), integrator.evaluations),
    prepare: hold,
    stableStep: (u) => scheme.cfl.largest / rates.crossings(u),
    // The flow of long waves is resolved too, at a speed of viscosity · 2π/length: where slopes are small the rate still changes as u decays.
    courantStep: (u, cfl) => {
      const crossings = rates.crossings(u)
      return Math.min(cfl / (crossings + viscousCrossings), longestFlow(u, crossings))
    },
    step: (u, dt) => integrator.step({ rate, propagate }, u, dt, work),
  }
}

function ratesOf(grid: Grid, { name, flux, derivative }: HamiltonJacobiScheme, hamiltonian: DiscreteHamiltonian, viscosity: number, workspace: Workspace, within?: SlopeBox): Rates {
  if (derivative === undefined) return centralRates(grid, hamiltonian, viscosity)
  if (flux === 'godunov' || flux === 'upwind') {
    if (hamiltonian.separable !== undefined) return separableRates(grid, derivative, hamiltonian.separable, workspace)
    if (flux === 'godunov') {
      throw new ArgumentError(`solve: scheme must be 'local-lax-friedrichs', 'lax-friedrichs', 'eno2', 'eno3' or 'weno5' where H is not Σ_k ½a_k p_k² − b_k p_k, got "${name}"`)
    }
    return laxFriedrichsRates(grid, derivative, hamiltonian, 'node')
  }
  return laxFriedrichsRates(grid, derivative, hamiltonian, flux === 'lax-friedrichs' ? 'global' : 'line', within)
}
