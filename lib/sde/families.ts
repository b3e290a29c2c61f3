import { refuse } from '../core/arguments.ts'
import { overdampedSystem } from './overdamped-langevin.ts'
import type { OverdampedLangevin } from './overdamped-langevin.ts'
import { generalSystem } from './sde.ts'
import type { GeneralSde } from './sde.ts'
import type { StochasticEquation, System } from './system.ts'

/** What turns an equation of each kind into a system. */
const families: Readonly<Record<string, (equation: never) => System>> = {
  'overdamped-langevin': (equation: OverdampedLangevin) => overdampedSystem(equation),
  'sde': (equation: GeneralSde) => generalSystem(equation),
}

/** @throws ArgumentError for anything but an equation of a known kind */
export function systemOf(where: string, equation: StochasticEquation): System {
  const kinds = Object.keys(families)
  if (equation === null || typeof equation !== 'object' || !kinds.includes(equation.kind)) {
    return refuse(where, 'equation', `an equation of kind ${kinds.join(', ')}, such as overdampedLangevin({ potential, beta })`, equation?.kind ?? equation)
  }
  return families[equation.kind](equation as never)
}
