/*
 * Nodes and modes of a spectral solution of ψ_t = ¼ψ″ − Vψ, V = f′² − f″/2, ψ = ρe^{2f}, periodic on [−3, 3]: there ρ is below e^{−36} throughout, so that the
 * walls do not matter. The operator is symmetric and its exponential a contraction; scaling and squaring loses no more than 2^{squarings} roundings, 1e−11.
 */
const modes = 256
const squarings = 16
const time = 5

/** ρ(x, 5) of W3, or ρ(x, y, 5) with y's Ornstein–Uhlenbeck law (its walls matter by 2e−8), in the cell centres. @param {number} dim @param {number} size */
export function fokkerPlanckReference(dim, size) {
  const centers = Array.from({ length: size }, (_, i) => -3 + (6 * (i + 0.5)) / size)
  const first = doubleWell(centers)
  if (dim === 1) return first
  const variance = 0.09 * Math.exp(-2 * time) + 0.25 * -Math.expm1(-2 * time)
  const second = centers.map((y) => Math.exp(-((y - 0.8 * Math.exp(-time)) ** 2) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance))
  return Float64Array.from({ length: size * size }, (_, k) => first[Math.floor(k / size)] * second[k % size])
}

/** @param {number[]} centers */
function doubleWell(centers) {
  const f = (/** @type {number} */ x) => (x * x - 1) ** 2 / 4
  const x = Array.from({ length: modes }, (_, i) => -3 + (6 * i) / modes)
  const propagator = exponential(operator(x))
  const psi = Float64Array.from(x, (at) => (Math.exp(-((at - 0.5) ** 2) / 0.18) / Math.sqrt(2 * Math.PI * 0.09)) * Math.exp(2 * f(at)))
  const end = Float64Array.from(x, (_, i) => psi.reduce((sum, value, j) => sum + propagator[i * modes + j] * value, 0))
  return Float64Array.from(centers, (at) => interpolate(x, end, at) * Math.exp(-2 * f(at)))
}

/** 5(¼∂² − V)/2^squarings; ∂² of trigonometric interpolation (Trefethen 2000, p. 20). @param {number[]} x */
function operator(x) {
  const h = (2 * Math.PI) / modes
  const unit = (Math.PI / 3) ** 2
  const scale = time / 2 ** squarings
  return Float64Array.from({ length: modes * modes }, (_, k) => {
    const [i, j] = [Math.floor(k / modes), k % modes]
    const second = i === j ? -(Math.PI ** 2) / (3 * h * h) - 1 / 6 : -((-1) ** (i - j)) / (2 * Math.sin(((i - j) * h) / 2) ** 2)
    const at = x[i]
    const potential = i === j ? (at * (at * at - 1)) ** 2 - (3 * at * at - 1) / 2 : 0
    return scale * ((unit * second) / 4 - potential)
  })
}

/** e^{A·2^squarings} for a small A, its Taylor series squared. @param {Float64Array} a */
function exponential(a) {
  let sum = Float64Array.from(a, (_, k) => (k % (modes + 1) === 0 ? 1 : 0))
  let term = sum
  for (let k = 1; k <= 9; k++) {
    term = product(term, a).map((value) => value / k)
    sum = sum.map((value, i) => value + term[i])
  }
  for (let k = 0; k < squarings; k++) sum = product(sum, sum)
  return sum
}

/** @param {Float64Array} a @param {Float64Array} b */
function product(a, b) {
  const c = new Float64Array(modes * modes)
  for (let i = 0; i < modes; i++) {
    const row = c.subarray(i * modes, (i + 1) * modes)
    for (let k = 0; k < modes; k++) {
      const factor = a[i * modes + k]
      for (let j = 0; j < modes; j++) row[j] += factor * b[k * modes + j]
    }
  }
  return c
}

/** The trigonometric interpolant, in barycentric form (Henrici 1979). @param {number[]} x @param {Float64Array} values @param {number} at */
function interpolate(x, values, at) {
  let [above, below] = [0, 0]
  for (let j = 0; j < modes; j++) {
    const d = at - x[j]
    if (d === 0) return values[j]
    const weight = ((-1) ** j) / Math.tan((Math.PI * d) / 6)
    above += weight * values[j]
    below += weight
  }
  return above / below
}
