/** out_i = a_i + c b_i. */
export function triad(out: usize, a: usize, b: usize, c: f64, count: i32): void {
  const factor = f64x2.splat(c)
  const end = out + (<usize>(count & ~1) << 3)
  while (out < end) {
    v128.store(out, f64x2.add(v128.load(a), f64x2.mul(factor, v128.load(b))))
    out += 16
    a += 16
    b += 16
  }
  if (count & 1) store<f64>(out, load<f64>(a) + c * load<f64>(b))
}
