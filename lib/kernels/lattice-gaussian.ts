import { erfcx } from '../core/erfcx.ts'

/**
 * log Σ_m exp(−κ (d + mP)²/2) over all integers m: a Gaussian on the lattice, wrapped with period P (P = 1, d = 0 is its total mass).
 * The wide case is summed on the Fourier side (Poisson), so that either sum takes a few terms.
 */
export function logWrappedGaussian(d: number, kappa: number, period: number): number {
  const width = kappa * period * period
  if (width < 2 * Math.PI) {
    let sum = 1
    for (let q = 1; ; q++) {
      const term = 2 * Math.exp((-2 * Math.PI * Math.PI * q * q) / width)
      if (term < 1e-17) break
      sum += term * Math.cos((2 * Math.PI * q * d) / period)
    }
    return 0.5 * Math.log((2 * Math.PI) / width) + Math.log(sum)
  }
  const near = d - period * Math.round(d / period)
  let others = 0
  for (let m = 1; ; m++) {
    const left = Math.exp((-kappa * m * period * (m * period - 2 * near)) / 2)
    const right = Math.exp((-kappa * m * period * (m * period + 2 * near)) / 2)
    others += left + right
    if (left + right < 1e-17) break
  }
  return (-kappa * near * near) / 2 + Math.log1p(others)
}

/** Terms of a lattice sum below e^−40 of the largest are dropped. */
const negligible = 40

/**
 * log Σ_{k≥1} exp(−αk − κk²/2), κ > 0: what a half-line of nodes with linear data contributes. Directly where few terms count, else by the
 * integral √(π/2κ) erfcx(α/√(2κ)) with Euler–Maclaurin corrections (0 ≤ α < 0.2), or as the full lattice sum less its other half (α < 0).
 */
export function logGaussianTail(alpha: number, kappa: number): number {
  const few = fewTerms(alpha, kappa)
  if (few !== undefined) return directSum(alpha, kappa, few.first, few.last)
  if (alpha < 0) {
    const whole = 0.5 * Math.log((2 * Math.PI) / kappa) + (alpha * alpha) / (2 * kappa)
    const otherHalf = Math.log1p(Math.exp(logGaussianTail(-alpha, kappa)))
    return whole + Math.log1p(-Math.exp(otherHalf - whole))
  }
  const integral = Math.sqrt(Math.PI / (2 * kappa)) * erfcx(alpha / Math.sqrt(2 * kappa))
  return Math.log(integral - 0.5 + endCorrections(alpha, kappa)[0])
}

/** The terms of a half-line sum that count, where they are few. */
function fewTerms(alpha: number, kappa: number): { first: number; last: number } | undefined {
  const reach = Math.sqrt((2 * negligible) / kappa)
  if (reach >= 200 && alpha < 0.2) return undefined
  const peak = Math.max(1, -alpha / kappa)
  const last = alpha >= 0.2 ? Math.min(reach, negligible / alpha) + 1 : peak + reach
  return { first: Math.max(1, Math.floor(peak - reach)), last: Math.ceil(last) }
}

function directSum(alpha: number, kappa: number, first: number, last: number): number {
  const exponent = (k: number): number => -k * (alpha + (kappa * k) / 2)
  const top = exponent(largestTerm(alpha, kappa, first, last))
  let sum = 0
  for (let k = first; k <= last; k++) sum += Math.exp(exponent(k) - top)
  return top + Math.log(sum)
}

function largestTerm(alpha: number, kappa: number, first: number, last: number): number {
  return Math.min(Math.max(Math.round(-alpha / kappa), first), last)
}

/** What the Euler–Maclaurin formula adds at 0 to ∫₀^∞ yᵖ g less half the end term, p = 0, 1, 2: −Σ B₂ᵣ/(2r)! (yᵖ g)^(2r−1)(0) for g(y) = exp(−αy − κy²/2). */
function endCorrections(alpha: number, kappa: number): [number, number, number] {
  const bernoulli = [1 / 12, -1 / 720, 1 / 30240, -1 / 1209600, 1 / 47900160]
  const g = [1, -alpha]
  for (let n = 2; n < 2 * bernoulli.length; n++) g.push(-alpha * g[n - 1] - (n - 1) * kappa * g[n - 2])
  const sums: [number, number, number] = [0, 0, 0]
  bernoulli.forEach((b, r) => {
    const n = 2 * r + 1
    sums[0] -= b * g[n]
    sums[1] -= b * n * g[n - 1]
    if (r > 0) sums[2] -= b * n * (n - 1) * g[n - 2]
  })
  return sums
}

/** Mean and variance of an integer. */
export interface Moments {
  mean: number
  variance: number
}

/** Moments of k ≥ 1 under weights exp(−αk − κk²/2), κ > 0: the derivatives −T′(α), T″(α) of `logGaussianTail`, by the same three ways. */
export function gaussianTailMoments(alpha: number, kappa: number): Moments {
  const few = fewTerms(alpha, kappa)
  if (few !== undefined) return directMoments(alpha, kappa, few.first, few.last)
  if (alpha < 0) {
    // The whole lattice is a mixture of this half-line and of k ≤ 0.
    const logWhole = 0.5 * Math.log((2 * Math.PI) / kappa) + (alpha * alpha) / (2 * kappa)
    const logTail = logGaussianTail(-alpha, kappa)
    const share = Math.exp(Math.log1p(Math.exp(logTail)) - logWhole)
    const tail = gaussianTailMoments(-alpha, kappa)
    const zero = 1 / (1 + Math.exp(logTail))
    const other = { mean: -tail.mean * (1 - zero), variance: (1 - zero) * (tail.variance + zero * tail.mean * tail.mean) }
    const mean = -alpha / kappa + (share / (1 - share)) * (-alpha / kappa - other.mean)
    const apart = mean - other.mean
    return { mean, variance: (1 / kappa - share * other.variance - share * (1 - share) * apart * apart) / (1 - share) }
  }
  const integral = Math.sqrt(Math.PI / (2 * kappa)) * erfcx(alpha / Math.sqrt(2 * kappa))
  const [first, second] = integralRatios(alpha, kappa, integral)
  const corrections = endCorrections(alpha, kappa)
  const sum = integral - 0.5 + corrections[0]
  const mean = (integral / sum) * first + corrections[1] / sum
  const square = (integral / sum) * first * second + corrections[2] / sum
  return { mean, variance: square - mean * mean }
}

/** I₁/I₀ and I₂/I₁ for Iₙ = ∫₀^∞ yⁿ exp(−αy − κy²/2): κIₙ₊₁ = nIₙ₋₁ − αIₙ forwards from I₀, or backwards as a continued fraction where that loses digits. */
function integralRatios(alpha: number, kappa: number, integral: number): [number, number] {
  const z = alpha / Math.sqrt(2 * kappa)
  if (z < 1) {
    const first = (1 / integral - alpha) / kappa
    return [first, (1 / first - alpha) / kappa]
  }
  const terms = 150
  let next = (2 * terms) / (alpha + Math.sqrt(alpha * alpha + 4 * kappa * terms))
  for (let n = terms - 1; n > 2; n--) next = n / (alpha + kappa * next)
  const second = 2 / (alpha + kappa * next)
  return [1 / (alpha + kappa * second), second]
}

function directMoments(alpha: number, kappa: number, first: number, last: number): Moments {
  const top = largestTerm(alpha, kappa, first, last)
  const slope = alpha + kappa * top
  let [sum, shift, square] = [0, 0, 0]
  for (let d = first - top; d <= last - top; d++) {
    const weight = Math.exp(-d * (slope + (kappa * d) / 2))
    sum += weight
    shift += weight * d
    square += weight * d * d
  }
  shift /= sum
  return { mean: top + shift, variance: Math.max(0, square / sum - shift * shift) }
}

/** Moments of the integers d + mP under weights exp(−κ(d + mP)²/2), |d| ≤ P/2: −L′/κ and 1/κ + L″/κ² of `logWrappedGaussian` in d. */
export function wrappedGaussianMoments(d: number, kappa: number, period: number): Moments {
  const width = kappa * period * period
  if (width < 2 * Math.PI) {
    let [sum, slope, curvature] = [1, 0, 0]
    for (let q = 1; ; q++) {
      const term = 2 * Math.exp((-2 * Math.PI * Math.PI * q * q) / width)
      if (term < 1e-17) break
      const omega = (2 * Math.PI * q) / period
      sum += term * Math.cos(omega * d)
      slope -= term * omega * Math.sin(omega * d)
      curvature -= term * omega * omega * Math.cos(omega * d)
    }
    slope /= sum
    return { mean: slope === 0 ? 0 : -slope / kappa, variance: (1 + (curvature / sum - slope * slope) / kappa) / kappa }
  }
  let [sum, shift, square] = [1, 0, 0]
  for (let m = 1; ; m++) {
    const left = Math.exp((-kappa * m * period * (m * period - 2 * d)) / 2)
    const right = Math.exp((-kappa * m * period * (m * period + 2 * d)) / 2)
    sum += left + right
    shift += m * (right - left)
    square += m * m * (left + right)
    if (left + right < 1e-17) break
  }
  shift /= sum
  return { mean: d + period * shift, variance: period * period * (square / sum - shift * shift) }
}
