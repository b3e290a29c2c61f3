import { eno2Derivatives, eno3Derivatives } from '../../kernels/eno.ts'
import { firstDifferences, weno5Derivatives } from '../../kernels/stencils.ts'

/** One-sided derivatives of a ghosted line of n nodes; made once an axis, so that it can own scratch. */
export interface Derivative {
  readonly order: 1 | 2 | 3 | 5
  readonly ghosts: number
  /** Differences of slopes by which a line continues through an open end from which waves leave; 0 continues it linearly. */
  readonly terms: 0 | 1 | 2 | 3
  prepare(n: number): (ghosted: Float64Array, h: number, left: Float64Array, right: Float64Array) => void
}

/** First differences, order 1. */
export const upwind1: Derivative = {
  order: 1,
  ghosts: 1,
  terms: 0,
  prepare: (n) => (ghosted, h, left, right) => firstDifferences(ghosted, n, h, left, right),
}

/** Second order, the smoother of two stencils. */
export const eno2: Derivative = {
  order: 2,
  ghosts: 2,
  terms: 1,
  prepare: (n) => (ghosted, h, left, right) => eno2Derivatives(ghosted, n, h, left, right),
}

/** Third order, the smoothest of three stencils. */
export const eno3: Derivative = {
  order: 3,
  ghosts: 3,
  terms: 2,
  prepare: (n) => (ghosted, h, left, right) => eno3Derivatives(ghosted, n, h, left, right),
}

/** Fifth order, essentially non-oscillatory at kinks (Jiang & Peng 2000). */
export const weno5: Derivative = {
  order: 5,
  ghosts: 3,
  terms: 3,
  prepare: (n) => {
    const slopes = new Float64Array(n + 5)
    return (ghosted, h, left, right) => weno5Derivatives(ghosted, n, h, left, right, slopes)
  },
}
