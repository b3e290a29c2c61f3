/**
 * The exact law of the Euler–Maruyama chain x ← x + h b(x) + σ√h ξ on the line after some steps from a point, by quadrature of its transition kernel:
 * the integrand is a product of Gaussians wider than the spacing, for which the trapezoidal rule converges faster than any power.
 */
export function eulerLaw(
  drift: (x: number) => number, sigma: number, h: number, start: number, steps: number, reach = 5, size = 801,
): { nodes: Float64Array; density: Float64Array; moment: (f: (x: number) => number) => number } {
  const spacing = (2 * reach) / (size - 1)
  const nodes = Float64Array.from({ length: size }, (_, i) => -reach + i * spacing)
  const s = sigma * Math.sqrt(h)
  const gaussian = (z: number): number => Math.exp((-z * z) / (2 * s * s)) / (s * Math.sqrt(2 * Math.PI))
  const kernel = Array.from(nodes, (y) => Float64Array.from(nodes, (x) => gaussian(x - y - h * drift(y))))
  let density = Float64Array.from(nodes, (x) => gaussian(x - start - h * drift(start)))
  for (let k = 1; k < steps; k++) {
    const next = new Float64Array(size)
    for (let j = 0; j < size; j++) {
      if (density[j] < 1e-30) continue
      for (let i = 0; i < size; i++) next[i] += spacing * density[j] * kernel[j][i]
    }
    density = next
  }
  return { nodes, density, moment: (f) => nodes.reduce((sum, x, i) => sum + spacing * density[i] * f(x), 0) }
}
