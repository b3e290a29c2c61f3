/** out_i = (x_i + a s_i) + b w_i for from ≤ i < to. */
export function combine(from: i32, to: i32, out: usize, x: usize, a: f64, s: usize, b: f64, w: usize): void {
  const first = f64x2.splat(a)
  const second = f64x2.splat(b)
  let i = <usize>from << 3
  for (const pairs = i + (<usize>((to - from) & ~1) << 3); i < pairs; i += 16) {
    const moved = f64x2.add(v128.load(x + i), f64x2.mul(first, v128.load(s + i)))
    v128.store(out + i, f64x2.add(moved, f64x2.mul(second, v128.load(w + i))))
  }
  if ((to - from) & 1) store<f64>(out + i, load<f64>(x + i) + a * load<f64>(s + i) + b * load<f64>(w + i))
}

/** x_i = a x_i + b w_i for from ≤ i < to. */
export function mix(from: i32, to: i32, x: usize, a: f64, b: f64, w: usize): void {
  const first = f64x2.splat(a)
  const second = f64x2.splat(b)
  let i = <usize>from << 3
  for (const pairs = i + (<usize>((to - from) & ~1) << 3); i < pairs; i += 16) {
    v128.store(x + i, f64x2.add(f64x2.mul(first, v128.load(x + i)), f64x2.mul(second, v128.load(w + i))))
  }
  if ((to - from) & 1) store<f64>(x + i, a * load<f64>(x + i) + b * load<f64>(w + i))
}

/** y_i = (y_i − step (s_i + coupling (y_i − x_i))) + amplitude (a_i + b_i), then sum_i = sum_i + y_i, for from ≤ i < to. */
export function elastic(from: i32, to: i32, y: usize, sum: usize, x: usize, s: usize, a: usize, b: usize, step: f64, coupling: f64, amplitude: f64): void {
  const steps = f64x2.splat(step)
  const couplings = f64x2.splat(coupling)
  const amplitudes = f64x2.splat(amplitude)
  let i = <usize>from << 3
  for (const pairs = i + (<usize>((to - from) & ~1) << 3); i < pairs; i += 16) {
    const here = v128.load(y + i)
    const pull = f64x2.add(v128.load(s + i), f64x2.mul(couplings, f64x2.sub(here, v128.load(x + i))))
    const noise = f64x2.mul(amplitudes, f64x2.add(v128.load(a + i), v128.load(b + i)))
    const moved = f64x2.add(f64x2.sub(here, f64x2.mul(steps, pull)), noise)
    v128.store(y + i, moved)
    v128.store(sum + i, f64x2.add(v128.load(sum + i), moved))
  }
  if ((to - from) & 1) {
    const here = load<f64>(y + i)
    const moved = here - step * (load<f64>(s + i) + coupling * (here - load<f64>(x + i))) + amplitude * (load<f64>(a + i) + load<f64>(b + i))
    store<f64>(y + i, moved)
    store<f64>(sum + i, load<f64>(sum + i) + moved)
  }
}

/** Whether |x_i| ≤ bound for from ≤ i < to; NaN is not. */
export function within(from: i32, to: i32, x: usize, bound: f64): i32 {
  const most = f64x2.splat(bound)
  let all = i64x2.splat(-1)
  let i = <usize>from << 3
  for (const pairs = i + (<usize>((to - from) & ~1) << 3); i < pairs; i += 16) all = v128.and(all, f64x2.le(f64x2.abs(v128.load(x + i)), most))
  if (((to - from) & 1) !== 0 && !(Math.abs(load<f64>(x + i)) <= bound)) return 0
  return i64x2.all_true(all) ? 1 : 0
}
