/** What a run of the multiscale method looked like on average. */
export interface MeanRun {
  /** Mean points at the macro steps. */
  points: readonly Float64Array[]
  /** Covariance of the fast variable during each of them: row major, or its diagonal alone. */
  covariances: readonly Float64Array[]
  dt: number
  /** Fast time a macro step. */
  fastTime: number
  method: 'euler' | 'heun'
  gamma: number
  beta: number
}

/** What chains at a frozen point show. */
export interface Audit {
  /** Share of the macro steps before it. */
  at: number
  /** lim T·Var of the average of (y − x)/γ over a fast time T: the variance of that times its autocorrelation time. */
  longVariance: Float64Array
  /** Error of the inner step in the drift. */
  bias: Float64Array
}

export interface PredictedErrors {
  /** Standard deviation of one path. */
  sampling: Float64Array
  /** Of the mean of all paths: the fast variable behind the slow one, the inner step, and the macro step (of Heun's method not predicted). */
  lag: Float64Array
  innerStep: Float64Array
  macroStep: Float64Array
}

/**
 * Errors at the end of a run, carried along it by the linearised averaged equation δ ← (I − dt ∇²u) δ + …, ∇²u = (I − (β/γ)C)/γ, C the covariance of the fast variable. With S the
 * long-time variance of (y − x)/γ at frozen x, τ the fast time of a macro step and ε = dt/τ, each macro step adds
 * - to the covariance of a path dt² S/τ (sampling, ∝ 1/innerSteps);
 * - to the mean −dt ε (β/2) S F, F the drift: a fast variable whose law moves is behind by linear response, by the same S (Kubo 1957);
 * - to the mean dt times the bias of the inner step in the drift; and Euler's ½dt² ∇²u F.
 * S is 2β C²/γ² for a quadratic f; elsewhere that times the ratio that the audits show, and like their bias in between by straight lines. What is left out is of the order of ε as
 * well and vanishes for a quadratic (but for the lag's own share κh, κ the rate of the fast variable and h the inner step, by which it is predicted too large): the curvature of ∇u times the variance of a path, and the drift that noise makes where the fast law changes. Near a barrier it is several times the lag.
 */
export function predictErrors({ points, covariances, dt, fastTime, method, gamma, beta }: MeanRun, audits: readonly Audit[]): PredictedErrors {
  const dim = points[0].length
  const steps = covariances.length
  const zero = (): Float64Array => new Float64Array(dim)
  let spread = covariances[0].map(() => 0)
  let [lag, innerStep, macroStep] = [zero(), zero(), zero()]
  const gaussian = covariances.map((c) => product(c, c, dim).map((square) => (2 * beta * square) / (gamma * gamma)))
  const ratios = audits.map(({ at, longVariance }) => {
    const here = gaussian[Math.min(steps - 1, Math.floor(at * steps))]
    return longVariance.reduce((sum, s) => sum + s, 0) / longVariance.reduce((sum, _, k) => sum + here[diagonalPlace(here, k, dim)], 0)
  })
  const places = audits.map(({ at }) => at)
  for (let n = 0; n < steps; n++) {
    const force = points[n + 1].map((c, k) => (c - points[n][k]) / dt)
    const curvature = covariances[n].map((c, i) => ((onDiagonal(i, dim, spread) ? 1 : 0) - (beta / gamma) * c) / gamma)
    const twice = method === 'heun' ? product(curvature, curvature, dim) : undefined
    const growth = curvature.map((c, i) => (onDiagonal(i, dim, spread) ? 1 : 0) - dt * c + (twice === undefined ? 0 : (dt * dt * twice[i]) / 2))
    const ratio = between(places, ratios, n / steps)
    const long = gaussian[n].map((s) => ratio * s)
    const moved = applied(long, force)
    const bent = applied(curvature, force)
    spread = product(growth, product(spread, growth, dim), dim).map((v, i) => v + (dt * dt * long[i]) / fastTime)
    lag = applied(growth, lag).map((v, k) => v - dt * (dt / fastTime) * (beta / 2) * moved[k])
    innerStep = applied(growth, innerStep).map((v, k) => v + dt * between(places, audits.map(({ bias }) => bias[k]), n / steps))
    macroStep = applied(growth, macroStep).map((v, k) => v + (method === 'euler' ? (dt * dt * bent[k]) / 2 : 0))
  }
  return { sampling: zero().map((_, k) => Math.sqrt(spread[diagonalPlace(spread, k, dim)])), lag, innerStep, macroStep }
}

/** Matrices are row major, or diagonal and then as long as the dimension. */
function product(a: Float64Array, b: Float64Array, dim: number): Float64Array {
  if (a.length === dim) return a.map((entry, i) => entry * b[i])
  return a.map((_, i) => {
    const [row, column] = [Math.floor(i / dim) * dim, i % dim]
    let sum = 0
    for (let k = 0; k < dim; k++) sum += a[row + k] * b[k * dim + column]
    return sum
  })
}

function applied(a: Float64Array, v: Float64Array): Float64Array {
  const dim = v.length
  if (a.length === dim) return a.map((entry, i) => entry * v[i])
  return v.map((_, k) => v.reduce((sum, c, l) => sum + a[k * dim + l] * c, 0))
}

function onDiagonal(i: number, dim: number, matrix: Float64Array): boolean {
  return matrix.length === dim || i % (dim + 1) === 0
}

function diagonalPlace(matrix: Float64Array, k: number, dim: number): number {
  return matrix.length === dim ? k : k * (dim + 1)
}

/** The straight lines through values at increasing places, constant beyond them. */
function between(places: readonly number[], values: readonly number[], at: number): number {
  const next = places.findIndex((place) => place > at)
  if (next === 0) return values[0]
  if (next < 0) return values.at(-1)!
  const share = (at - places[next - 1]) / (places[next] - places[next - 1])
  return values[next - 1] + share * (values[next] - values[next - 1])
}
