import { godunovRate } from '../../kernels/stencils.ts'

/** Minus the numerical Hamiltonian ½p² of one axis from the derivatives on both sides; Hamiltonians of several axes add. */
export type Flux = (left: Float64Array, right: Float64Array, n: number, out: Float64Array) => void

export const godunovFlux: Flux = godunovRate
