import { firstDifferences, weno5Derivatives } from '../../kernels/stencils.ts'

/** One-sided derivatives of a ghosted line of n nodes; made once an axis, so that it can own scratch. */
export interface Derivative {
  readonly ghosts: number
  prepare(n: number): (ghosted: Float64Array, h: number, left: Float64Array, right: Float64Array) => void
}

/** First differences, order 1. */
export const upwind1: Derivative = {
  ghosts: 1,
  prepare: (n) => (ghosted, h, left, right) => firstDifferences(ghosted, n, h, left, right),
}

/** Fifth order, essentially non-oscillatory at kinks (Jiang & Peng 2000). */
export const weno5: Derivative = {
  ghosts: 3,
  prepare: (n) => {
    const slopes = new Float64Array(n + 5)
    return (ghosted, h, left, right) => weno5Derivatives(ghosted, n, h, left, right, slopes)
  },
}
