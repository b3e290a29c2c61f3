/** out_i = a_i + c b_i for from ≤ i < to. */
export function triad(from: i32, to: i32, out: usize, a: usize, b: usize, c: f64): void {
  const factor = f64x2.splat(c)
  let i = <usize>from << 3
  for (const pairs = i + (<usize>((to - from) & ~1) << 3); i < pairs; i += 16) v128.store(out + i, f64x2.add(v128.load(a + i), f64x2.mul(factor, v128.load(b + i))))
  if ((to - from) & 1) store<f64>(out + i, load<f64>(a + i) + c * load<f64>(b + i))
}
