import type { Elastic, StepSpace } from '../kernels/step-space.ts'
import { walkNormals } from '../kernels/walk-normals.ts'
import { uncheckedGradients } from '../potential/assemble.ts'
import type { Potential } from '../potential/potential.ts'

/** Neighbouring chains of the fast dynamics, each on a spring to a point of its own. */
export interface ElasticChains {
  /** The current points, component-major; live. */
  readonly y: Float64Array
  /** Sums of the points after each step since it was last cleared. */
  readonly sum: Float64Array
  advance(): void
  release(): void
}

export interface ElasticOptions {
  /** Where the springs are fixed and the chains start, numbers of the space that may move between steps. */
  x: Float64Array
  gamma: number
  beta: number
  dt: number
  seed: number
  /** Chains first … first + count − 1 of the seed, `first` even. */
  first: number
  count: number
}

/** Tells the normals of these chains from all other streams of a seed. */
const chainTag = 4

/**
 * dy = −(∇f(y) + (y − x)/γ) ds + √(2/β) dW by Leimkuhler and Matthews' method, a step in one pass over the numbers. No step of another length sees the same
 * Wiener process, so that the increments need not come out of it by halving: a block of random words is the normals of a path in steps 2m and 2m + 1.
 */
export function elasticChains(potential: Potential, { x, gamma, beta, dt, seed, first, count }: ElasticOptions, space: StepSpace): ElasticChains {
  const { dim } = potential
  const gradients = uncheckedGradients(potential)
  const source = walkNormals(seed, chainTag, Uint32Array.from({ length: Math.ceil(count / 2) }, (_, i) => first / 2 + i))
  const [y, sum, slope] = [0, 1, 2].map(() => space.numbers(dim * count))
  y.set(x)
  sum.fill(0)
  const normals = Array.from({ length: 4 }, () => source.rows(dim))
  const by = { step: dt, coupling: 1 / gamma, amplitude: Math.sqrt(dt / (2 * beta)) }
  const draw = (pair: number, at: number): void => source.draw(pair >>> 0, Math.floor(pair / 4294967296), 0, normals[at], normals[at + 1])
  // The rows of normals, which are filled up, lie like the others or are gone through one by one.
  const whole = count === source.length
  const walks = normals.map((_, at) => Array.from({ length: whole ? 1 : dim }, (__, k): Elastic => {
    const own = (numbers: Float64Array): Float64Array => (whole ? numbers : numbers.subarray(k * count, (k + 1) * count))
    const drawn = [normals[at], normals[(at + 1) % 4]].map((row) => (whole ? row : row.subarray(k * source.length)))
    return { y: own(y), sum: own(sum), x: own(x), slope: own(slope), normals: drawn as [Float64Array, Float64Array] }
  }))
  let step = 0
  draw(0, 0)
  return {
    y,
    sum,
    advance() {
      // An odd step needs the first normals of the next pair.
      if (step % 2 === 1) draw((step + 1) / 2, (step + 1) % 4)
      gradients(y, count, slope)
      for (const walk of walks[step % 4]) space.elastic(walk, by)
      step++
    },
    release: () => source.release(),
  }
}
