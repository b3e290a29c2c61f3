import { callable, integer, nonNegative, oneOf, options, refuse } from '../core/arguments.ts'
import { ArgumentError } from '../core/errors.ts'
import { pointLoop } from '../core/point-loop.ts'
import { matrixOf } from './linear.ts'
import { matrixNoise, uniformNoise } from './noise.ts'
import { noiseClasses } from './system.ts'
import type { Noise, NoiseClass, StochasticEquation, System } from './system.ts'

type Coefficient = (x: Float64Array, t: number, out: Float64Array) => void

/** dx = drift dt + noise dW in R^dim. */
export interface GeneralSde extends StochasticEquation {
  readonly kind: 'sde'
  readonly noiseDim: number
  readonly drift: Coefficient
  /** An amplitude, a constant matrix (row major), or B(x, t). */
  readonly noise: number | Float64Array | Coefficient
  readonly noiseClass: NoiseClass
  readonly calculus: 'ito' | 'stratonovich'
}

export interface SdeDefinition {
  dim: number
  /** Components of the Wiener process, default `dim`. */
  noiseDim?: number
  drift: Coefficient
  noise: number | ArrayLike<unknown> | Coefficient
  noiseClass?: NoiseClass
  calculus?: 'ito' | 'stratonovich'
}

/**
 * The stochastic differential equation dx = a(x, t) dt + B(x, t) dW in R^dim, with `noiseDim` Wiener processes, in the Itô (default) or the Stratonovich sense. `drift`
 * writes a to `out`. `noise` is an amplitude (that times the identity), a constant matrix (rows, or dim × noiseDim numbers row by row), or a function that
 * writes B to `out`, dim × noiseDim numbers row by row; with `noiseClass: 'diagonal'` only the `dim` entries on the diagonal. Both are called
 * once a path and evaluation, with a point that is only lent.
 *
 * `noiseClass` says what is known of a function (a method that needs to know is refused otherwise): 'additive', does not depend on x; 'scalar', noiseDim 1, and
 * the default there; 'diagonal', entry k depends on x_k and t alone; 'commutative', Σ_l b_lj ∂b_ki/∂x_l symmetric in i and j; 'general', the default.
 * @throws ArgumentError
 */
export function sde(given: SdeDefinition): GeneralSde {
  const where = 'sde'
  options(where, given, ['dim', 'noiseDim', 'drift', 'noise', 'noiseClass', 'calculus'])
  const dim = integer(where, 'dim', given.dim, 1)
  const noiseDim = integer(where, 'noiseDim', given.noiseDim ?? dim, 1)
  callable(where, 'drift', given.drift)
  const calculus = oneOf(where, 'calculus', given.calculus ?? 'ito', ['ito', 'stratonovich'])
  const byDefault = typeof given.noise !== 'function' ? 'additive' : noiseDim === 1 ? 'scalar' : 'general'
  const noiseClass = oneOf(where, 'noiseClass', given.noiseClass ?? byDefault, noiseClasses)
  if (noiseClass === 'scalar' && noiseDim !== 1) refuse(where, 'noiseClass', `another than 'scalar' with ${noiseDim} components of noise`, noiseClass)
  if (noiseClass === 'diagonal' && noiseDim !== dim) refuse(where, 'noiseClass', 'another than \'diagonal\' unless noiseDim is dim', noiseClass)
  return Object.freeze({ kind: 'sde', dim, noiseDim, drift: given.drift, noise: noiseOf(given.noise, dim, noiseDim), noiseClass, calculus })
}

function noiseOf(given: SdeDefinition['noise'], dim: number, noiseDim: number): GeneralSde['noise'] {
  if (typeof given === 'function') return given
  if (typeof given !== 'number') return matrixOf('sde', 'noise', given, dim, noiseDim)
  if (noiseDim !== dim) refuse('sde', 'noise', `a matrix of ${dim} × ${noiseDim} numbers or a function`, given)
  return nonNegative('sde', 'noise', given)
}

export function generalSystem({ dim, noiseDim, drift, noise, noiseClass, calculus }: GeneralSde): System {
  const b = typeof noise === 'number' ? uniformNoise(dim, noise) : typeof noise === 'function' ? noiseFunction(noise, dim, noiseDim, noiseClass) : matrixNoise(noise, dim, noiseDim)
  return { dim, noiseDim, calculus: b.classes[0] === 'additive' ? 'both' : calculus, noise: b, drift: pointLoop(drift, dim, dim) }
}

function noiseFunction(f: Coefficient, dim: number, noiseDim: number, narrowest: NoiseClass): Noise {
  const diagonal = narrowest === 'diagonal'
  const classes: NoiseClass[] = [narrowest]
  if (noiseDim === 1 && narrowest !== 'scalar') classes.push('scalar')
  // On the line the one component drives the one coordinate.
  if (noiseDim === 1 && dim === 1 && narrowest !== 'diagonal') classes.push('diagonal')
  if (narrowest !== 'general' && narrowest !== 'commutative') classes.push('commutative')
  if (narrowest !== 'general') classes.push('general')
  else if (noiseDim === 1) classes.push('commutative')
  return { classes, diagonal: diagonal || (dim === 1 && noiseDim === 1), constant: false, evaluate: pointLoop(f, dim, diagonal ? dim : dim * noiseDim) }
}

/** What a look at one point shows of coefficients that do not do what they say. */
export function checkCoefficients(where: string, { dim, noiseDim, drift, noise, noiseClass }: GeneralSde, x: Float64Array): void {
  const ask = (name: string, f: Coefficient, rows: number, at: Float64Array): Float64Array => {
    const out = new Float64Array(rows).fill(NaN)
    f(at.slice(), 0, out)
    const missing = out.findIndex((entry) => !Number.isFinite(entry))
    if (missing >= 0) throw new ArgumentError(`${where}: ${name} must write ${rows} finite numbers, got ${out[missing]} for number ${missing} at (${at.join(', ')})`)
    return out
  }
  ask('drift', drift, dim, x)
  if (typeof noise !== 'function') return
  const rows = noiseClass === 'diagonal' ? dim : dim * noiseDim
  const here = ask('noise', noise, rows, x)
  if (noiseClass !== 'diagonal' && noiseClass !== 'additive') return
  for (let k = 0; k < Math.min(dim, 16); k++) {
    const aside = x.map((c, l) => (noiseClass === 'diagonal' && l === k ? c : c + 0.01 * (1 + Math.abs(c))))
    const there = ask('noise', noise, rows, aside)
    const same = noiseClass === 'diagonal' ? there[k] === here[k] : there.every((entry, i) => entry === here[i])
    if (!same) throw new ArgumentError(`${where}: noise must be ${noiseClass} as noiseClass says, got one that changes with ${noiseClass === 'diagonal' ? 'other coordinates' : 'x'}`)
  }
}
