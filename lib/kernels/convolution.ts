import { circulant, powerOfTwoFrom } from './circulant.ts'

/** Convolution of lines of n nodes with a symmetric kernel. */
export interface Convolution {
  /** Ghosts that a line needs on each side: the reach w of the kernel. */
  ghosts: number
  /** out_i = Σ_{|d| ≤ w} k_{|d|} ghosted_{i+w−d}, i < n; `ghosted` holds n + 2w numbers. */
  apply(ghosted: Float64Array, out: Float64Array): void
  /** k_0 … k_w, where the sum is formed term by term. */
  weights?: Float64Array
}

/** Operations of a transform of length m, in units of one term of the direct sum, per m log₂ m. Measured. */
const transformCost = 5.5

/** By direct summation, or by an FFT where that takes fewer operations; the two agree to round-off of the largest value. */
export function symmetricConvolution(weights: Float64Array, n: number, method: 'direct' | 'transform' | 'cheaper' = 'cheaper'): Convolution {
  const ghosts = weights.length - 1
  const length = powerOfTwoFrom(n + 2 * ghosts)
  const transform = method === 'transform' || (method === 'cheaper' && n * ghosts > transformCost * length * Math.log2(length))
  if (!transform) return { ghosts, weights, apply: (ghosted, out) => convolveDirectly(weights, ghosted, n, out) }
  const { convolve } = circulant(length, (d) => (d <= ghosts ? weights[d] : 0))
  const whole = new Float64Array(n + ghosts)
  return {
    ghosts,
    apply: (ghosted, out) => {
      convolve(ghosted, whole)
      for (let i = 0; i < n; i++) out[i] = whole[i + ghosts]
    },
  }
}

/** Four nodes at a time: four sums run side by side, and each distance reads one new value on either side. */
function convolveDirectly(weights: Float64Array, ghosted: Float64Array, n: number, out: Float64Array): void {
  const w = weights.length - 1
  const center = weights[0]
  let i = 0
  for (; i + 4 <= n; i += 4) {
    const c = i + w
    let left0 = ghosted[c]
    let left1 = ghosted[c + 1]
    let left2 = ghosted[c + 2]
    let left3 = ghosted[c + 3]
    let right0 = left0
    let right1 = left1
    let right2 = left2
    let right3 = left3
    let sum0 = center * left0
    let sum1 = center * left1
    let sum2 = center * left2
    let sum3 = center * left3
    for (let d = 1; d <= w; d++) {
      const weight = weights[d]
      left3 = left2
      left2 = left1
      left1 = left0
      left0 = ghosted[c - d]
      right0 = right1
      right1 = right2
      right2 = right3
      right3 = ghosted[c + 3 + d]
      sum0 += weight * (left0 + right0)
      sum1 += weight * (left1 + right1)
      sum2 += weight * (left2 + right2)
      sum3 += weight * (left3 + right3)
    }
    out[i] = sum0
    out[i + 1] = sum1
    out[i + 2] = sum2
    out[i + 3] = sum3
  }
  for (; i < n; i++) {
    const c = i + w
    let sum = center * ghosted[c]
    for (let d = 1; d <= w; d++) sum += weights[d] * (ghosted[c - d] + ghosted[c + d])
    out[i] = sum
  }
}
