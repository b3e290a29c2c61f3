import { entropySgd } from '../optimization/entropy-sgd.ts'
import { minimize } from '../optimization/minimize.ts'
import type { PotentialLoss } from '../optimization/objective.ts'
import { normals } from '../random/index.ts'
import { startShare, weightOf } from './inner-loop-laws.ts'
import type { Averaging } from './inner-loop-laws.ts'
import { evenly, largest } from './measure.ts'

/** Runs of the optimiser on quadratics: dimensions, L, and outer iterations of the runs that have more than one. */
export interface Quadratics {
  dims: number[]
  lengths: number[]
  iterations: number
}

/** A run on a quadratic without noise. */
export interface Exact {
  dim: number
  gamma: number
  weight: Averaging
  length: number
  iterations: number
  /** Distance from the affine map in units of eps times the largest coordinate of centre, start and end. */
  error: number
}

/** The inner step on quadratics; with the curvatures below r keeps away from 1 − a. */
const quadraticStep = 0.12
const curvatures = (dim: number): number[] => (dim === 1 ? [1.2] : evenly(-0.3, 3.5, dim))
const gammas = [0.5, 2]
/** η′κ of the slowest direction. */
export const slowest = quadraticStep * (0.5 - 0.3)
const purpose = 11

/** f(x) = ½(x − c)ᵀA(x − c), A = QΛQ with the reflection Q = I − 2vvᵀ. */
function quadratic(dim: number, seed: number): { loss: PotentialLoss; center: Float64Array; toEigenbasis: (x: Float64Array) => Float64Array } {
  const lambda = curvatures(dim)
  const [center, direction] = [0, 1].map((k) => normals(seed, [purpose, dim, k], dim))
  const length = Math.hypot(...direction)
  const v = direction.map((c) => c / length)
  const toEigenbasis = (x: Float64Array): Float64Array => {
    const along = x.reduce((sum, c, k) => sum + c * v[k], 0)
    return x.map((c, k) => c - 2 * along * v[k])
  }
  const away = (x: ArrayLike<number>): Float64Array => toEigenbasis(center.map((c, k) => x[k] - c))
  const loss: PotentialLoss = {
    dim,
    value: (x) => away(x).reduce((sum, c, k) => sum + (lambda[k] * c * c) / 2, 0),
    gradient(x, out = new Float64Array(dim)) {
      out.set(toEigenbasis(away(x).map((c, k) => lambda[k] * c)))
      return out
    },
  }
  return { loss, center, toEigenbasis }
}

/** Runs of the optimiser without noise: of one iteration at η = 1, whose point is the inner average, and of several at η = ½. */
export async function withoutNoise({ quadratics, weights, exchanged }: { quadratics: Quadratics; weights: number[]; exchanged: boolean }, seed: number): Promise<Exact[]> {
  const found: Exact[] = []
  for (const dim of quadratics.dims) {
    const { loss, center, toEigenbasis } = quadratic(dim, seed)
    const start = toEigenbasis(new Float64Array(dim).fill(1)).map((c, k) => c + center[k])
    for (const gamma of gammas) for (const weight of [...weights, 'uniform'] as Averaging[]) for (const length of quadratics.lengths) {
      for (const iterations of [1, quadratics.iterations]) {
        const rate = iterations === 1 ? 1 : 0.5
        const optimizer = entropySgd({
          learningRate: rate, gamma, langevinSteps: length, langevinStepSize: quadraticStep, thermalNoise: 0, averaging: weightOf(weight, exchanged),
        })
        const { point } = await minimize(loss, { optimizer, initial: start, iterations, seed: 0, recordEvery: iterations })
        // x − c contracts by 1 − η(1 − q)λ/κ along each eigenvector, as ȳ − c = (x − c)/(γκ).
        const factors = curvatures(dim).map((lambda) => {
          const kappa = lambda + 1 / gamma
          return (1 - (rate * (1 - startShare(1 - quadraticStep * kappa, length, weight)) * lambda) / kappa) ** iterations
        })
        const expected = toEigenbasis(Float64Array.from(factors))
        const scale = Math.max(...[...center, ...start, ...expected].map(Math.abs))
        const error = largest(point.map((c, k) => c - center[k] - expected[k])) / (Number.EPSILON * scale)
        found.push({ dim, gamma, weight, length, iterations, error })
      }
    }
  }
  return found
}
