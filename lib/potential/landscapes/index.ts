import { ArgumentError } from '../../core/errors.ts'
import { oneOf } from '../../core/arguments.ts'
import type { Potential } from '../potential.ts'
import { doubleWell } from './double-well.ts'
import { gaussianMixture } from './gaussian-mixture.ts'
import { muellerBrown } from './mueller-brown.ts'
import { quadratic } from './quadratic.ts'
import { rastrigin } from './rastrigin.ts'
import { rippledBowl } from './rippled-bowl.ts'
import { wideAndSharp } from './wide-and-sharp.ts'

/** The catalogue of landscapes. */
export const landscapes = { quadratic, doubleWell, rippledBowl, wideAndSharp, gaussianMixture, rastrigin, muellerBrown }

/** Landscapes that need no options but a dimension, by the names that they have on the command line. */
const named: Record<string, (dim: number) => Potential> = {
  'quadratic': (dim) => quadratic({ dim }),
  'double-well': (dim) => doubleWell({ dim }),
  'rippled-bowl': () => rippledBowl(),
  'wide-and-sharp': () => wideAndSharp(),
  'rastrigin': (dim) => rastrigin({ dim }),
  'mueller-brown': () => muellerBrown(),
}

export const landscapeNames: readonly string[] = Object.keys(named)

/**
 * A landscape by its kebab-case name, with default options, in `dim` dimensions.
 * @throws ArgumentError on an unknown name, or a dimension that the landscape does not have
 */
export function landscapeNamed(name: string, dim: number): Potential {
  const potential = named[oneOf('landscapeNamed', 'name', name, landscapeNames)](dim)
  if (potential.dim !== dim) throw new ArgumentError(`landscapeNamed: ${name} must have ${potential.dim} variable${potential.dim === 1 ? '' : 's'}, got ${dim}`)
  return potential
}
