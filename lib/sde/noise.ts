import { plainSpace } from '../kernels/step-space.ts'
import type { StepSpace } from '../kernels/step-space.ts'
import type { Noise, NoiseClass, System } from './system.ts'

/** The same constant in front of every component, one for each coordinate. */
export function uniformNoise(dim: number, amplitude: number): Noise {
  return {
    classes: dim === 1 ? ['additive', 'scalar', 'diagonal', 'commutative', 'general'] : ['additive', 'diagonal', 'commutative', 'general'],
    diagonal: true,
    constant: true,
    amplitudes: new Float64Array(dim).fill(amplitude),
    evaluate: (_x, _count, _t, out) => void out.fill(amplitude),
  }
}

/** A constant matrix, dim × noiseDim, row major. */
export function matrixNoise(matrix: Float64Array, dim: number, noiseDim: number): Noise {
  const diagonal = dim === noiseDim && matrix.every((entry, i) => entry === 0 || i % (dim + 1) === 0)
  const entries = diagonal ? Float64Array.from({ length: dim }, (_, k) => matrix[k * (dim + 1)]) : matrix
  const classes: NoiseClass[] = ['additive', ...(noiseDim === 1 ? ['scalar'] as const : []), ...(diagonal ? ['diagonal'] as const : []), 'commutative', 'general']
  return {
    classes, diagonal, constant: true, ...(diagonal && { amplitudes: entries }),
    evaluate(_x, count, _t, out) {
      entries.forEach((entry, k) => out.fill(entry, k * count, (k + 1) * count))
    },
  }
}

/** B at the points of a block, with its own work space. */
export interface NoiseTerm {
  /** The entries at the points last asked for, as `Noise.evaluate` lays them out. */
  readonly entries: Float64Array
  evaluate(x: Float64Array, t: number): void
  /** out ← out + B w, w the Wiener increments. */
  addTo(out: Float64Array, w: Float64Array): void
  /** out ← (x + a·slope) + B w; out may be x. */
  move(out: Float64Array, x: Float64Array, a: number, slope: Float64Array, w: Float64Array): void
}

export function noiseTerm({ dim, noiseDim, noise }: System, count: number, space: StepSpace = plainSpace): NoiseTerm {
  const { amplitudes } = noise
  const entries = new Float64Array(count * (noise.diagonal ? dim : dim * noiseDim))
  let known = false
  const uniform = amplitudes?.every((amplitude) => amplitude === amplitudes[0])
  const term: NoiseTerm = {
    entries,
    evaluate(x, t) {
      if (!known) noise.evaluate(x, count, t, entries)
      known = noise.constant
    },
    addTo(out, w) {
      if (noise.diagonal) {
        for (let i = 0; i < out.length; i++) out[i] += entries[i] * w[i]
        return
      }
      for (let k = 0; k < dim; k++) {
        for (let j = 0; j < noiseDim; j++) {
          const [row, from] = [(k * noiseDim + j) * count, j * count]
          for (let i = 0; i < count; i++) out[k * count + i] += entries[row + i] * w[from + i]
        }
      }
    },
    move(out, x, a, slope, w) {
      if (amplitudes === undefined) {
        space.add(out, x, a, slope)
        term.addTo(out, w)
      } else if (uniform) space.combine(out, x, a, slope, amplitudes[0], w)
      else {
        amplitudes.forEach((amplitude, k) => {
          const [o, at, s, dw] = [out, x, slope, w].map((rows) => rows.subarray(k * count, (k + 1) * count))
          space.combine(o, at, a, s, amplitude, dw)
        })
      }
    },
  }
  return term
}
