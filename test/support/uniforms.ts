import { fillUniforms } from '../../lib/kernels/philox.ts'

/** Independent uniform numbers of a seed. */
export function uniforms(seed: number, count: number): Float64Array {
  return fillUniforms(seed, [0, 0, 0], new Float64Array(count))
}
