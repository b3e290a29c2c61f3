import type { Propagator } from '../diffusion.ts'

/** u_t = N(u) + Lu: the rate N and the flow of L. */
export interface SplitSystem {
  rate(u: Float64Array, out: Float64Array): void
  propagate: Propagator
}

/** One step of an integrating-factor Runge–Kutta method: N by the method, L by its flow. */
export interface Integrator {
  readonly name: string
  readonly order: number
  /** Strong stability: a step is made of positive combinations of Euler steps while dt is within this many of theirs. 0 when it is not. */
  readonly euler: number
  /** Evaluations of N a step. */
  readonly evaluations: number
  /** Lengths of the flows of a step, in units of dt. */
  readonly flows: readonly number[]
  /** Work arrays of the state's length. */
  readonly arrays: number
  step(system: SplitSystem, u: Float64Array, dt: number, work: readonly Float64Array[]): void
}

/** Euler's method, then the flow. */
export const strongStabilityPreserving1: Integrator = {
  name: 'ssp-rk1',
  order: 1,
  euler: 1,
  evaluations: 1,
  flows: [1],
  arrays: 1,
  step({ rate, propagate }, u, dt, [rates]) {
    rate(u, rates)
    for (let i = 0; i < u.length; i++) u[i] += dt * rates[i]
    propagate(u, dt, u)
  },
}

/** SSPRK(2,2), Heun's method, with an integrating factor: its abscissas 0, 1 do not decrease, so that it is strong stability preserving for every viscosity. */
export const strongStabilityPreserving2: Integrator = {
  name: 'ssp-rk2',
  order: 2,
  euler: 1,
  evaluations: 2,
  flows: [1, 1],
  arrays: 2,
  step({ rate, propagate }, u, dt, [rates, first]) {
    const n = u.length
    rate(u, rates)
    for (let i = 0; i < n; i++) first[i] = u[i] + dt * rates[i]
    propagate(first, dt, first)
    propagate(u, dt, u)
    rate(first, rates)
    for (let i = 0; i < n; i++) u[i] = 0.5 * u[i] + 0.5 * (first[i] + dt * rates[i])
  },
}

/**
 * eSSPRK⁺(3,3) of Isherwood, Grant & Gottlieb (2018), strong stability preserving with C = 3/4 for every viscosity because its abscissas
 * 0, 2/3, 2/3 do not decrease. With E(a) = e^{a dt L}, a = E(2/3)u and the flow's semigroup property the method reads
 * u₁ = E(2/3)(u + ⅔dt N(u)), u₂ = ⅔a + ⅓(u₁ + 4/3 dt N(u₁)), u⁺ = E(1/3)(11/32 a + 15/64 u₁ + 27/64 (u₂ + 4/3 dt N(u₂))):
 * positive combinations of Euler steps of 4/3 dt and of flows.
 */
export const strongStabilityPreserving3: Integrator = {
  name: 'ssp-rk3',
  order: 3,
  euler: 0.75,
  evaluations: 3,
  flows: [2 / 3, 2 / 3, 1 / 3],
  arrays: 4,
  step({ rate, propagate }, u, dt, [rates, flowed, first, second]) {
    const n = u.length
    const long = (4 / 3) * dt
    const early = (2 / 3) * dt
    rate(u, rates)
    for (let i = 0; i < n; i++) first[i] = u[i] + early * rates[i]
    propagate(first, early, first)
    propagate(u, early, flowed)
    rate(first, rates)
    for (let i = 0; i < n; i++) second[i] = (2 / 3) * flowed[i] + (1 / 3) * (first[i] + long * rates[i])
    rate(second, rates)
    for (let i = 0; i < n; i++) u[i] = (11 / 32) * flowed[i] + (15 / 64) * first[i] + (27 / 64) * (second[i] + long * rates[i])
    propagate(u, dt / 3, u)
  },
}

/**
 * The classical Runge–Kutta method of order 4 in the variable e^{−tL}u (Lawson 1967). Flows are applied to sums of weight one only, so that they
 * may be affine (a Dirichlet value).
 */
export const lawson4: Integrator = {
  name: 'lawson4',
  order: 4,
  euler: 0,
  evaluations: 4,
  flows: [0.5, 0.5, 0.5, 0.5],
  arrays: 5,
  step({ rate, propagate }, u, dt, [rates, flowed, first, stage, total]) {
    const n = u.length
    const half = dt / 2
    rate(u, rates)
    for (let i = 0; i < n; i++) first[i] = u[i] + half * rates[i]
    propagate(first, half, first)
    propagate(u, half, flowed)
    rate(first, rates)
    for (let i = 0; i < n; i++) {
      total[i] = flowed[i] + (first[i] - flowed[i]) / 3 + (dt / 3) * rates[i]
      stage[i] = flowed[i] + half * rates[i]
    }
    rate(stage, rates)
    for (let i = 0; i < n; i++) {
      total[i] += (dt / 3) * rates[i]
      stage[i] = flowed[i] + dt * rates[i]
    }
    propagate(stage, half, stage)
    propagate(total, half, u)
    rate(stage, rates)
    for (let i = 0; i < n; i++) u[i] += (dt / 6) * rates[i]
  },
}

export const integrators: readonly Integrator[] = [strongStabilityPreserving1, strongStabilityPreserving2, strongStabilityPreserving3, lawson4]
