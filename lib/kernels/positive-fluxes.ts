/**
 * x_i = base_i + flux_i − flux_{i+1} with the fluxes scaled down, each as little as it takes and as late as can be, so that no cell gives more than it has
 * and gets: x ≥ 0, mass is kept (Zalesak 1979, with the lower bound 0 only). flux_i passes from cell i − 1 to cell i when positive; n + 1 of them, the
 * first and the last through the walls, or n of them around a circle. Changes `flux`; base ≥ 0.
 *
 * Fluxes that run one way form chains, which start in a cell that gives on both sides and end in one that gets on both: one pass along each
 * direction sees every cell's gains before its losses.
 */
export function addPositively(base: Float64Array, flux: Float64Array, cyclic: boolean, x: Float64Array): void {
  const n = base.length
  if (cyclic) removeCirculation(flux, n)
  const rightOf = (i: number): number => (cyclic && i === n - 1 ? 0 : i + 1)
  const first = cyclic ? flux.subarray(0, n).findIndex((value) => value <= 0) : 0
  for (let t = 0; t < n; t++) {
    const i = first + t < n ? first + t : first + t - n
    const end = rightOf(i)
    if (!(flux[end] > 0)) continue
    if (flux[i] < 0) {
      const given = flux[end] - flux[i]
      if (given > base[i]) {
        const share = (base[i] / given) * (1 - 4 * Number.EPSILON)
        flux[i] *= share
        flux[end] *= share
      }
    } else flux[end] = Math.min(flux[end], base[i] + flux[i])
  }
  const start = cyclic ? flux.subarray(0, n).findIndex((value) => value >= 0) + n - 1 : n - 1
  for (let t = 0; t < n; t++) {
    const i = start - t < n ? start - t : start - t - n
    const end = rightOf(i)
    if (flux[i] < 0 && !(flux[end] > 0)) flux[i] = Math.max(flux[i], -(base[i] - flux[end]))
  }
  for (let i = 0; i < n; i++) {
    const end = rightOf(i)
    const gained = base[i] + (Math.max(flux[i], 0) + Math.max(-flux[end], 0))
    // Among subnormal numbers shares are not exact.
    x[i] = Math.max(gained - (Math.max(-flux[i], 0) + Math.max(flux[end], 0)), 0)
  }
}

/** What runs all around a circle changes no cell. */
function removeCirculation(flux: Float64Array, n: number): void {
  let least = Infinity
  let sign = 0
  for (let i = 0; i < n; i++) {
    const own = Math.sign(flux[i])
    if (own === 0 || (sign !== 0 && own !== sign)) return
    sign = own
    least = Math.min(least, Math.abs(flux[i]))
  }
  for (let i = 0; i < n; i++) flux[i] -= sign * least
}
