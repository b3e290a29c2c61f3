import erfcx from '@stdlib/math-base-special-erfcx'

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
  const reach = Math.sqrt((2 * negligible) / kappa)
  const peak = Math.max(1, -alpha / kappa)
  if (reach < 200 || alpha >= 0.2) {
    const last = alpha >= 0.2 ? Math.min(reach, negligible / alpha) + 1 : peak + reach
    return directSum(alpha, kappa, Math.max(1, Math.floor(peak - reach)), Math.ceil(last))
  }
  if (alpha < 0) {
    const whole = 0.5 * Math.log((2 * Math.PI) / kappa) + (alpha * alpha) / (2 * kappa)
    const otherHalf = Math.log1p(Math.exp(logGaussianTail(-alpha, kappa)))
    return whole + Math.log1p(-Math.exp(otherHalf - whole))
  }
  const integral = Math.sqrt(Math.PI / (2 * kappa)) * erfcx(alpha / Math.sqrt(2 * kappa))
  return Math.log(integral - 0.5 + endCorrection(alpha, kappa))
}

function directSum(alpha: number, kappa: number, first: number, last: number): number {
  const exponent = (k: number): number => -k * (alpha + (kappa * k) / 2)
  const top = exponent(Math.min(Math.max(Math.round(-alpha / kappa), first), last))
  let sum = 0
  for (let k = first; k <= last; k++) sum += Math.exp(exponent(k) - top)
  return top + Math.log(sum)
}

/** −Σ B₂ᵣ/(2r)! g^(2r−1)(0) for g(y) = exp(−αy − κy²/2); g^(n)(0) = −α g^(n−1) − (n−1)κ g^(n−2). */
function endCorrection(alpha: number, kappa: number): number {
  const bernoulli = [1 / 12, -1 / 720, 1 / 30240, -1 / 1209600, 1 / 47900160]
  let before = 1
  let derivative = -alpha
  let sum = 0
  for (let r = 0; r < bernoulli.length; r++) {
    sum -= bernoulli[r] * derivative
    for (let n = 2 * r + 2; n <= 2 * r + 3; n++) [before, derivative] = [derivative, -alpha * derivative - (n - 1) * kappa * before]
  }
  return sum
}
