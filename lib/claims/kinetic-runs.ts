import type { NdArray } from 'ndarray'
import { gibbs } from '../pde/gibbs.ts'
import { landscapes, potential } from '../potential/index.ts'
import { systemOf } from '../sde/families.ts'
import { baoab } from '../sde/methods/baoab.ts'
import { obabo } from '../sde/methods/obabo.ts'
import { sde } from '../sde/sde.ts'
import { simulate } from '../sde/simulate.ts'
import { underdampedLangevin } from '../sde/underdamped-langevin.ts'
import { totalVariation } from '../stats/distances.ts'
import { meanOfIndependent } from '../stats/samples.ts'
import type { Context } from './claim.ts'
import { dampingOf, energyOf, limitsOf } from './kinetic-limits.ts'
import type { Damping, Energies, Limits } from './kinetic-limits.ts'
import { temperatureOf } from './kinetic-parameters.ts'
import type { Parameters } from './kinetic-parameters.ts'
import { stationaryCovariance } from './linear-laws.ts'
import { binGrid, massesOf, samplingVariation, sharesOf } from './masses.ts'
import type { Bins } from './masses.ts'
import { inverse } from './matrices.ts'
import { largest } from './measure.ts'

/** Stationary second moments of a method on a parabola, measured and by formula, relative to the largest. */
export interface QuadraticCase {
  method: 'baoab' | 'obabo'
  dt: number
  /** Largest deviation from the formula of ⟨xxᵀ⟩, ⟨xpᵀ⟩, ⟨ppᵀ⟩, relative to the largest of each, in units of eps/(1 − ρ²). */
  error: number
  /** ⟨x₁²⟩ and ⟨p₁²⟩ over their values as dt → 0. */
  x: number
  p: number
}

export interface Measurement {
  quadratics: QuadraticCase[]
  ladder: QuadraticCase[]
  sampled: Sampled
  /** The printed noise against e^{−2β(f + p²/2)}. */
  printed: { worst: number }
  limits: Limits
  energies: Energies
  damping: Damping
}

interface Kinetics {
  matrix: number[][]
  mass: number[]
  beta: number
  friction: number
}

const plane = { matrix: [[2, 0.6], [0.6, 1]], mass: [1, 2.5], beta: 1.5 }
const parabolas: { kinetics: Kinetics; steps: number[] }[] = [
  { kinetics: { matrix: [[1.5]], mass: [1], beta: 2, friction: 0.3 }, steps: [0.1, 1] },
  { kinetics: { matrix: [[1.5]], mass: [1], beta: 2, friction: 20 }, steps: [0.1, 1] },
  { kinetics: { ...plane, friction: 1 }, steps: [0.2, 1.2] },
]

/** ⟨xxᵀ⟩ = A⁻¹/β and ⟨ppᵀ⟩ = (M − dt²A/4)/β of BAOAB; (A − dt²AM⁻¹A/4)⁻¹/β and M/β of OBABO; M the masses. */
function formula(method: 'baoab' | 'obabo', { matrix, mass, beta }: Kinetics, dt: number): { x: Float64Array; p: Float64Array } {
  const n = mass.length
  const a = Float64Array.from(matrix.flat())
  const masses = a.map((_, i) => (i % (n + 1) === 0 ? mass[i % n] : 0))
  if (method === 'baoab') return { x: inverse(a, n).map((entry) => entry / beta), p: masses.map((m, i) => (m - (dt * dt * a[i]) / 4) / beta) }
  const softened = a.map((entry, i) => {
    let square = 0
    for (let k = 0; k < n; k++) square += (a[Math.floor(i / n) * n + k] * a[k * n + (i % n)]) / mass[k]
    return entry - (dt * dt * square) / 4
  })
  return { x: inverse(softened, n).map((entry) => entry / beta), p: masses.map((m) => m / beta) }
}

function quadraticCase(name: 'baoab' | 'obabo', kinetics: Kinetics, dt: number, parameters: Parameters): QuadraticCase {
  const { matrix, mass, beta, friction } = kinetics
  const n = mass.length
  const equation = underdampedLangevin({ potential: landscapes.quadratic({ matrix }), mass, friction, beta: temperatureOf(parameters, beta) })
  const { covariance, memory } = stationaryCovariance(name === 'baoab' ? baoab : obabo, systemOf('simulate', equation), dt)
  const block = (row: number, column: number): Float64Array =>
    Float64Array.from({ length: n * n }, (_, i) => covariance[(row * n + Math.floor(i / n)) * 2 * n + column * n + (i % n)])
  const [exact, limit] = [formula(name, kinetics, dt), formula(name, kinetics, 0)]
  const [x, p] = [block(0, 0), block(1, 1)]
  const off = (found: Float64Array, right: Float64Array): number => largest(found.map((entry, i) => entry - right[i])) / largest(right)
  const mixed = largest(block(0, 1)) / Math.sqrt(largest(exact.x) * largest(exact.p))
  return {
    method: name, dt, error: largest([off(x, exact.x), off(p, exact.p), mixed]) / (Number.EPSILON * memory), x: x[0] / limit.x[0], p: p[0] / limit.p[0],
  }
}

export interface Sampled {
  /** Largest distance of a moment from the one by quadrature, in standard errors. */
  worst: number
  /** Total variation from the Gibbs law on bins of (x, p), and what it may be. */
  variation: number
  sampling: number
  bias: number
  x: { at: number[]; masses: number[]; shares: number[] }
  p: { at: number[]; masses: number[]; shares: number[] }
}

const wells = { formula: '(x^2 - 1)^2/4 + x/10', beta: 1.5, friction: 1, start: [0.5, 0], bins: { axes: [{ min: -2.6, max: 2.6 }, { min: -3.2, max: 3.2 }], size: 14 } satisfies Bins }
const observables: ((x: number, p: number) => number)[] = [
  (x) => x, (x) => x * x, (x) => x ** 3, (x) => x ** 4, (_, p) => p, (_, p) => p * p, (_, p) => p ** 4, (x, p) => x * p, (x, p) => x * x * p * p,
]

/** Means under e^{−β(f + p²/2)}/Z on a grid of centers, which for analytic densities that vanish at the ends is exact but for rounding. */
function gibbsMeans(beta: number): number[] {
  const law = gibbs(binGrid({ axes: [{ min: -4, max: 4 }, { min: -8, max: 8 }], size: 160 }, 1), potential(`${wells.formula} + p^2/2`, { variables: ['x', 'p'] }), { beta })
  const [x, p] = [law.grid.coordinates(0), law.grid.coordinates(1)]
  const cell = law.grid.spacing[0] * law.grid.spacing[1]
  return observables.map((f) => {
    let mean = 0
    x.forEach((xi, i) => p.forEach((pj, j) => (mean += f(xi, pj) * law.values.data[i * p.length + j] * cell)))
    return mean
  })
}

/** (4φ(dt) − φ(2dt))/3 path by path, whose mean is off by O(dt⁴): its distance from the exact means in standard errors. */
function worstScore(fine: NdArray, coarse: NdArray, exact: readonly number[]): number {
  const paths = fine.shape[0]
  return largest(observables.map((f, k) => {
    const values = Float64Array.from({ length: paths }, (_, i) => (4 * f(fine.get(i, 0), fine.get(i, 1)) - f(coarse.get(i, 0), coarse.get(i, 1))) / 3)
    const { estimate, standardError } = meanOfIndependent(values)
    return (estimate - exact[k]) / standardError
  }))
}

async function sampled(parameters: Parameters, { seed, signal }: Context): Promise<Sampled> {
  const { beta, friction, start, bins } = wells
  const { dt, time } = parameters
  const f = potential(wells.formula)
  const equation = underdampedLangevin({ potential: f, beta: temperatureOf(parameters, beta), friction })
  const paths = parameters.paths.moments
  const run = (step: number) => simulate(equation, { initial: start, dt: step, time, paths, seed, method: 'baoab', ...(signal && { signal }) })
  const [fine, coarse] = [await run(dt), await run(2 * dt)]
  const law = gibbs(binGrid(bins, 8), potential(`${wells.formula} + p^2/2`, { variables: ['x', 'p'] }), { beta })
  const [masses, shares] = [massesOf(law, bins), sharesOf(fine, bins)]
  const exact = gibbsMeans(beta)
  return {
    worst: worstScore(fine.final, coarse.final, exact),
    variation: totalVariation(shares, masses), sampling: samplingVariation(masses, paths),
    // Where f″ is constant the law of p has the variance (1 − f″dt²/4)/β: dt²|f″|/16 times E|z² − 1| = 0.968 of a standard normal; E|f″| ≤ 3E x² + 1.
    bias: (dt * dt * (3 * exact[1] + 1) * 0.968) / 16,
    x: marginal(bins, 0, masses, shares), p: marginal(bins, 1, masses, shares),
  }
}

function marginal({ axes, size }: Bins, axis: 0 | 1, masses: number[], shares: number[]): Sampled['x'] {
  const width = (axes[axis].max - axes[axis].min) / size
  const along = (list: number[]): number[] => Array.from({ length: size }, (_, i) => {
    let total = 0
    for (let j = 0; j < size; j++) total += list[axis === 0 ? i * size + j : j * size + i]
    return total / width
  })
  return { at: Array.from({ length: size }, (_, i) => axes[axis].min + (i + 0.5) * width), masses: along(masses), shares: along(shares) }
}

/** The equation exactly as printed, by a method for any equation. */
async function printed({ dt, time, paths }: Parameters, { seed, signal }: Context): Promise<{ worst: number }> {
  const { beta, friction, start } = wells
  const slope = new Float64Array(1)
  const f = potential(wells.formula)
  const equation = sde({
    dim: 2, noiseDim: 1, noise: [[0], [Math.sqrt(friction / beta)]],
    drift(x, _t, out) {
      out[0] = x[1]
      out[1] = -f.gradient([x[0]], slope)[0] - friction * x[1]
    },
  })
  const run = (step: number) => simulate(equation, { initial: start, dt: step, time, paths: paths.printed, seed, method: 'srk-additive', ...(signal && { signal }) })
  return { worst: worstScore((await run(dt)).final, (await run(2 * dt)).final, gibbsMeans(2 * beta)) }
}

export async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  const both = ['baoab', 'obabo'] as const
  await context.step({ fraction: 0, activity: 'moments of linear methods' })
  const quadratics = both.flatMap((method) => parabolas.flatMap(({ kinetics, steps }) => steps.map((dt) => quadraticCase(method, kinetics, dt, parameters))))
  const ladder = both.flatMap((method) => [0.1, 0.3, 0.5, 0.7, 0.9, 1.1].map((dt) => quadraticCase(method, parabolas[0].kinetics, dt, parameters)))
  await context.step({ fraction: 0.1, activity: 'paths in a double well' })
  const found = await sampled(parameters, context)
  await context.step({ fraction: 0.4, activity: 'paths with the printed noise' })
  const asPrinted = await printed(parameters, context)
  await context.step({ fraction: 0.7, activity: 'large friction' })
  const limits = await limitsOf(parameters, context)
  await context.step({ fraction: 0.9, activity: 'no friction' })
  return { quadratics, ladder, sampled: found, printed: asPrinted, limits, energies: energyOf(parameters), damping: dampingOf(parameters) }
}
