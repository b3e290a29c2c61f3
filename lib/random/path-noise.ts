import { fillNormalPairs } from '../kernels/philox.ts'

/** Normals of a block of neighbouring paths, step by step. */
export interface PathNoise {
  /**
   * Writes the normals ξ of step `step`: out[c·count + i] for component c of the block's i-th path (component-major). The number depends on
   * (seed, path, step, component) alone. Steps may come in any order; in order, each block of random bits is used once.
   */
  fill(step: number, out: Float64Array): void
}

/** Tells the streams of paths from all other streams of a seed. */
const purpose = 0x70617468

/** Noise of paths first … first + count − 1 in `dim` components: component c of step k is number k·dim + c of the path's stream. */
export function pathNoise(seed: number, first: number, count: number, dim: number): PathNoise {
  const even = new Float64Array(count)
  const odd = new Float64Array(count)
  let held = -1
  return {
    fill(step, out) {
      for (let c = 0; c < dim; c++) {
        const number = step * dim + c
        const pair = Math.floor(number / 2)
        if (pair !== held) fillNormalPairs(seed, pair, first, purpose, Math.floor(pair / 4294967296), count, even, odd)
        held = pair
        out.set(number % 2 === 0 ? even : odd, c * count)
      }
    },
  }
}
