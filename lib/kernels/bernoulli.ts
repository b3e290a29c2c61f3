import { expm1 } from '../core/hyperbolic.ts'

/** B(z) = z/(e^z − 1) within a few ulp: 1 at 0, −z as z → −∞, 0 as z → ∞. B(−z) = B(z) + z. */
export function bernoulli(z: number): number {
  if (z < 0) return bernoulli(-z) - z
  // e^z overflows: what is left underflows.
  return z === 0 ? 1 : z < 745 ? z / expm1(z) : 0
}
