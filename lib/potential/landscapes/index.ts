import { ArgumentError } from '../../core/errors.ts'
import { oneOf } from '../../core/arguments.ts'
import { defineMaker, portable } from '../../execution/portable.ts'
import type { Potential } from '../potential.ts'
import { doubleWell } from './double-well.ts'
import { gaussianMixture } from './gaussian-mixture.ts'
import { muellerBrown } from './mueller-brown.ts'
import { quadratic } from './quadratic.ts'
import { rastrigin } from './rastrigin.ts'
import { rippledBowl } from './rippled-bowl.ts'
import { wideAndSharp } from './wide-and-sharp.ts'

/** The catalogue of landscapes. */
export const landscapes = sendable({ quadratic, doubleWell, rippledBowl, wideAndSharp, gaussianMixture, rastrigin, muellerBrown })

type Landscapes = Record<string, (...options: never[]) => Potential>

/** The same functions; other threads can make what they return again from its options. */
function sendable<C extends Landscapes>(catalogue: C): C {
  defineMaker('landscape', (name: string, ...options: never[]) => sendables[name](...options))
  const sendables = Object.fromEntries(Object.entries(catalogue).map(([name, landscape]) => [
    name, (...options: never[]) => portable(landscape(...options), 'landscape', name, ...options),
  ]))
  return sendables as C
}

/** Landscapes that need no options but a dimension, by the names that they have on the command line. */
const named: Record<string, (dim?: number) => Potential> = {
  'quadratic': (dim) => landscapes.quadratic({ dim }),
  'double-well': (dim) => landscapes.doubleWell({ dim }),
  'rippled-bowl': () => landscapes.rippledBowl(),
  'wide-and-sharp': () => landscapes.wideAndSharp(),
  'rastrigin': (dim) => landscapes.rastrigin({ dim }),
  'mueller-brown': () => landscapes.muellerBrown(),
}

export const landscapeNames: readonly string[] = Object.keys(named)

/**
 * A landscape by its kebab-case name, with default options, in `dim` dimensions or as many as it has by default.
 * @throws ArgumentError on an unknown name, or a dimension that the landscape does not have
 */
export function landscapeNamed(name: string, dim?: number): Potential {
  const potential = named[oneOf('landscapeNamed', 'name', name, landscapeNames)](dim)
  if (dim !== undefined && potential.dim !== dim) throw new ArgumentError(`landscapeNamed: ${name} must have ${potential.dim} variable${potential.dim === 1 ? '' : 's'}, got ${dim}`)
  return potential
}
