import { available, kernels, lease } from './machine.ts'

/** Memory for the steps of a block, and what is done with numbers of it. */
export interface StepSpace {
  numbers(length: number): Float64Array
  /** out_i = (x_i + a s_i) + b w_i; out may be x. */
  combine(out: Float64Array, x: Float64Array, a: number, s: Float64Array, b: number, w: Float64Array): void
  /** out_i = x_i + a s_i; out may be x. */
  add(out: Float64Array, x: Float64Array, a: number, s: Float64Array): void
  /** x_i = a x_i + b w_i. */
  mix(x: Float64Array, a: number, b: number, w: Float64Array): void
  /** y_i = (y_i − step (s_i + coupling (y_i − x_i))) + amplitude (a_i + b_i), then sum_i = sum_i + y_i. */
  elastic(walk: Elastic, by: { step: number; coupling: number; amplitude: number }): void
  /** Whether |x_i| ≤ bound for all i; NaN is not. */
  within(x: Float64Array, bound: number): boolean
  /** Gives the memory back. */
  release(): void
}

/** Walkers y on springs to x with the sums of their points: the slope where they are and two normals for each number. */
export interface Elastic {
  readonly y: Float64Array
  readonly sum: Float64Array
  readonly x: Float64Array
  readonly slope: Float64Array
  readonly normals: readonly [Float64Array, Float64Array]
}

interface Kernels {
  elastic(from: number, to: number, y: number, sum: number, x: number, s: number, a: number, b: number, step: number, coupling: number, amplitude: number): void
  combine(from: number, to: number, out: number, x: number, a: number, s: number, b: number, w: number): void
  triad(from: number, to: number, out: number, x: number, s: number, a: number): void
  mix(from: number, to: number, x: number, a: number, b: number, w: number): void
  within(from: number, to: number, x: number, bound: number): number
}

/** On the kernels where there is shared memory. */
export function stepSpace(): StepSpace {
  return available ? kernelSpace() : plainSpace
}

export function kernelSpace(): StepSpace {
  const { combine, triad, mix, elastic, within } = kernels<Kernels>()
  const { take, release } = lease()
  return {
    numbers: (length) => take(Float64Array, length),
    combine: (out, x, a, s, b, w) => combine(0, out.length, out.byteOffset, x.byteOffset, a, s.byteOffset, b, w.byteOffset),
    add: (out, x, a, s) => triad(0, out.length, out.byteOffset, x.byteOffset, s.byteOffset, a),
    mix: (x, a, b, w) => mix(0, x.length, x.byteOffset, a, b, w.byteOffset),
    elastic: ({ y, sum, x, slope, normals: [a, b] }, { step, coupling, amplitude }) => elastic(
      0, y.length, y.byteOffset, sum.byteOffset, x.byteOffset, slope.byteOffset, a.byteOffset, b.byteOffset, step, coupling, amplitude,
    ),
    within: (x, bound) => within(0, x.length, x.byteOffset, bound) !== 0,
    release,
  }
}

/** Of arrays like any other. */
export const plainSpace: StepSpace = {
  numbers: (length) => new Float64Array(length),
  combine(out, x, a, s, b, w) {
    for (let i = 0; i < out.length; i++) out[i] = x[i] + a * s[i] + b * w[i]
  },
  add(out, x, a, s) {
    for (let i = 0; i < out.length; i++) out[i] = x[i] + a * s[i]
  },
  mix(x, a, b, w) {
    for (let i = 0; i < x.length; i++) x[i] = a * x[i] + b * w[i]
  },
  elastic({ y, sum, x, slope, normals: [a, b] }, { step, coupling, amplitude }) {
    for (let i = 0; i < y.length; i++) {
      y[i] = y[i] - step * (slope[i] + coupling * (y[i] - x[i])) + amplitude * (a[i] + b[i])
      sum[i] += y[i]
    }
  },
  // NaN compares false with everything.
  within(x, bound) {
    for (let i = 0; i < x.length; i++) if (!(Math.abs(x[i]) <= bound)) return false
    return true
  },
  release() {},
}
