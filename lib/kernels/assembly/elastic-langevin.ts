/**
 * Numbers from … to: v ← momentum v + s, d = s + momentum v; y ← y − step (d + coupling (y − x)); y ← y + amplitude z; mean ← keep mean + weight y.
 * Where velocity is 0 there is no momentum, where noise is 0 no noise.
 */
export function elasticLangevin(
  from: i32, to: i32, y: usize, mean: usize, slope: usize, x: usize, velocity: usize, noise: usize,
  momentum: f64, step: f64, coupling: f64, amplitude: f64, keep: f64, weight: f64,
): void {
  const inertia = f64x2.splat(momentum), rate = f64x2.splat(step), pull = f64x2.splat(coupling), spread = f64x2.splat(amplitude)
  const old = f64x2.splat(keep), fresh = f64x2.splat(weight)
  let i = from
  for (; i + 1 < to; i += 2) {
    const at = <usize>i << 3
    let drift = v128.load(slope + at)
    if (velocity != 0) {
      const v = f64x2.add(f64x2.mul(inertia, v128.load(velocity + at)), drift)
      v128.store(velocity + at, v)
      drift = f64x2.add(drift, f64x2.mul(inertia, v))
    }
    let moved = v128.load(y + at)
    moved = f64x2.sub(moved, f64x2.mul(rate, f64x2.add(drift, f64x2.mul(pull, f64x2.sub(moved, v128.load(x + at))))))
    if (noise != 0) moved = f64x2.add(moved, f64x2.mul(spread, v128.load(noise + at)))
    v128.store(y + at, moved)
    v128.store(mean + at, f64x2.add(f64x2.mul(old, v128.load(mean + at)), f64x2.mul(fresh, moved)))
  }
  if (i < to) {
    const at = <usize>i << 3
    let drift = load<f64>(slope + at)
    if (velocity != 0) {
      const v = momentum * load<f64>(velocity + at) + drift
      store<f64>(velocity + at, v)
      drift += momentum * v
    }
    let moved = load<f64>(y + at)
    moved -= step * (drift + coupling * (moved - load<f64>(x + at)))
    if (noise != 0) moved += amplitude * load<f64>(noise + at)
    store<f64>(y + at, moved)
    store<f64>(mean + at, keep * load<f64>(mean + at) + weight * moved)
  }
}
