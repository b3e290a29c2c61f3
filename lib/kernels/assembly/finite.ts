/** Whether numbers from … to are finite: 0 times each is 0 then, and NaN otherwise. */
export function areFinite(from: i32, to: i32, values: usize): bool {
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0
  const zero = s0
  let i = from
  for (; i + 7 < to; i += 8) {
    const at = values + (<usize>i << 3)
    s0 = f64x2.add(s0, f64x2.mul(zero, v128.load(at)))
    s1 = f64x2.add(s1, f64x2.mul(zero, v128.load(at, 16)))
    s2 = f64x2.add(s2, f64x2.mul(zero, v128.load(at, 32)))
    s3 = f64x2.add(s3, f64x2.mul(zero, v128.load(at, 48)))
  }
  s0 = f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3))
  let sum = f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1)
  for (; i < to; i++) sum += 0 * load<f64>(values + (<usize>i << 3))
  return sum == 0
}
