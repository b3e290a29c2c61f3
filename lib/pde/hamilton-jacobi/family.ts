import { oneOf, refuse } from '../../core/arguments.ts'
import { ArgumentError } from '../../core/errors.ts'
import type { Family } from '../equation.ts'
import { central, splitCentral } from './central.ts'
import { discretise } from './discretise.ts'
import type { HamiltonJacobi } from './equation.ts'
import { integrators } from './integrators.ts'
import type { Integrator } from './integrators.ts'
import type { HamiltonJacobiScheme } from './scheme.ts'
import { schemes } from './schemes.ts'
import { viscousMethods } from './viscous.ts'
import type { Viscous } from './viscous.ts'

/** Choices within a scheme. */
export interface HamiltonJacobiChoices {
  /** The flow of the viscous term. Default 'exact'. */
  viscous?: Viscous
  /** The Runge–Kutta method. Default: the scheme's own. */
  integrator?: 'ssp-rk1' | 'ssp-rk2' | 'ssp-rk3' | 'lawson4'
}

/**
 * 'weno5' is the standard scheme: far more accurate than 'godunov' for the same work wherever u is smooth, which viscous solutions are
 * everywhere, and as good at kinks. 'godunov' is for proofs: comparison and maximum principles hold exactly.
 */
export const hamiltonJacobiFamily: Family<HamiltonJacobi, HamiltonJacobiScheme> = {
  kind: 'hamilton-jacobi',
  schemes,
  standardScheme: 'weno5',
  choices: ['viscous', 'integrator'],
  choose: (scheme, given: HamiltonJacobiChoices, equation) => withViscous(withIntegrator(splitIfAsked(scheme, given), given.integrator), given.viscous, equation.viscosity),
  discretise,
}

/** Central differences take their whole right-hand side by RKL2 unless the viscous term is to flow apart from the rest. */
function splitIfAsked(scheme: HamiltonJacobiScheme, { viscous = 'rkl2', integrator }: HamiltonJacobiChoices): HamiltonJacobiScheme {
  if (scheme !== central) return scheme
  if (viscous !== 'rkl2') return splitCentral
  return integrator === undefined ? scheme : refuse('solve', 'integrator', "left out for 'central' unless viscous is 'exact' or 'implicit'", integrator)
}

function withIntegrator(scheme: HamiltonJacobiScheme, given: string | undefined): HamiltonJacobiScheme {
  if (given === undefined) return scheme
  const name = oneOf('solve', 'integrator', given, integrators.map((integrator) => integrator.name as NonNullable<HamiltonJacobiChoices['integrator']>))
  if (name === scheme.integrator.name) return scheme
  const integrator = integrators.find((candidate) => candidate.name === name)!
  if (!scheme.monotone && integrator.order < Math.min(scheme.order.space, 3)) {
    throw new ArgumentError(`solve: integrator must be of order ${Math.min(scheme.order.space, 3)} at least, as ${scheme.name} is unstable with less, got "${name}"`)
  }
  return {
    ...scheme, name: `${scheme.name} with ${name}`, integrator, order: { space: scheme.order.space, time: integrator.order }, cfl: cflWith(scheme, integrator),
    monotone: scheme.monotone && integrator.euler > 0,
  }
}

/** The limits of monotone schemes are multiples of those of Euler steps; others keep theirs as far as the method is stable. */
function cflWith({ cfl, integrator: own, monotone }: HamiltonJacobiScheme, integrator: Integrator): HamiltonJacobiScheme['cfl'] {
  const largest = monotone && integrator.euler > 0 ? (cfl.largest / own.euler) * integrator.euler : Math.min(cfl.largest, 0.75)
  // A method of low order takes shorter steps, lest its error in time shows beside the one in space.
  const standard = integrator.order === 1 ? 0.1 * cfl.standard : integrator.order < own.order ? 0.5 * cfl.standard : cfl.standard
  return { standard: Math.min(standard, largest), largest }
}

function withViscous(scheme: HamiltonJacobiScheme, given: string | undefined, viscosity: number): HamiltonJacobiScheme {
  if (given === undefined) return scheme
  const viscous = oneOf('solve', 'viscous', given, viscousMethods)
  if (viscous === (scheme.viscous ?? 'exact') || viscosity === 0) return scheme
  const order = { space: scheme.order.space, time: Math.min(scheme.order.time, 2) }
  return { ...scheme, name: `${scheme.name} with ${viscous} viscosity`, viscous, order, monotone: false }
}
