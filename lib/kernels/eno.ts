/**
 * One-sided derivatives by essentially non-oscillatory interpolation with the continuous choice of Liu & Osher (1998, "convex ENO"): of the derivatives that the
 * stencils of one order give, the one closest to that of the order below, and the latter where they lie on both sides of it. The choice between two stencils of
 * Osher & Shu (1991) jumps where second differences change sign; this one is a Lipschitz function of the data, of the same order, so that methods in time keep
 * theirs. Lines are ghosted as in stencils.ts; the two sides mirror each other bit for bit.
 */

/** Order 2, two ghosts: a first difference and half of a second one. */
export function eno2Derivatives(ghosted: Float64Array, n: number, h: number, left: Float64Array, right: Float64Array): void {
  let slope = (ghosted[2] - ghosted[1]) / h
  let before = slope - (ghosted[1] - ghosted[0]) / h
  let next = (ghosted[3] - ghosted[2]) / h
  let here = next - slope
  for (let i = 0; i < n; i++) {
    const beyond = (ghosted[i + 4] - ghosted[i + 3]) / h
    const after = beyond - next
    left[i] = slope + 0.5 * minmod(before, here)
    right[i] = next - 0.5 * minmod(after, here)
    slope = next
    next = beyond
    before = here
    here = after
  }
}

/** Order 3, three ghosts: a third difference too. */
export function eno3Derivatives(ghosted: Float64Array, n: number, h: number, left: Float64Array, right: Float64Array): void {
  let s2 = (ghosted[3] - ghosted[2]) / h
  let s3 = (ghosted[4] - ghosted[3]) / h
  let s4 = (ghosted[5] - ghosted[4]) / h
  const s1 = (ghosted[2] - ghosted[1]) / h
  let e0 = s1 - (ghosted[1] - ghosted[0]) / h
  let e1 = s2 - s1
  let e2 = s3 - s2
  let e3 = s4 - s3
  for (let i = 0; i < n; i++) {
    const s5 = (ghosted[i + 6] - ghosted[i + 5]) / h
    const e4 = s5 - s4
    left[i] = s2 + correction(e0, e1, e2, e3)
    right[i] = s3 - correction(e4, e3, e2, e1)
    s2 = s3
    s3 = s4
    s4 = s5
    e0 = e1
    e1 = e2
    e2 = e3
    e3 = e4
  }
}

/** What the second differences a, b, c, d (c at the node itself, a the outermost) add to the slope on their side. */
function correction(a: number, b: number, c: number, d: number): number {
  const second = 0.5 * minmod(b, c)
  const outer = b / 2 + (b - a) / 3 - second
  const middle = (b + 2 * c) / 6 - second
  const inner = c / 2 - (d - c) / 6 - second
  return second + minmod(outer, minmod(middle, inner))
}

/** The smaller of two numbers of one sign, 0 when they have both. */
function minmod(a: number, b: number): number {
  if (a * b <= 0) return 0
  return Math.abs(a) < Math.abs(b) ? a : b
}
