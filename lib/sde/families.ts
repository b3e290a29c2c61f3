import { refuse } from '../core/arguments.ts'
import { ornsteinUhlenbeckSystem } from './ornstein-uhlenbeck.ts'
import type { OrnsteinUhlenbeck } from './ornstein-uhlenbeck.ts'
import { overdampedSystem } from './overdamped-langevin.ts'
import type { OverdampedLangevin } from './overdamped-langevin.ts'
import { generalSystem } from './sde.ts'
import type { GeneralSde } from './sde.ts'
import { sgdDiffusionSystem } from './sgd-diffusion.ts'
import type { SgdDiffusion } from './sgd-diffusion.ts'
import type { StochasticEquation, System } from './system.ts'
import { twoScaleSystem } from './two-scale.ts'
import type { TwoScale } from './two-scale.ts'
import { underdampedSystem } from './underdamped-langevin.ts'
import type { UnderdampedLangevin } from './underdamped-langevin.ts'

/** What turns an equation of each kind into a system. */
const families: Readonly<Record<string, (equation: never) => System>> = {
  'overdamped-langevin': (equation: OverdampedLangevin) => overdampedSystem(equation),
  'underdamped-langevin': (equation: UnderdampedLangevin) => underdampedSystem(equation),
  'ornstein-uhlenbeck': (equation: OrnsteinUhlenbeck) => ornsteinUhlenbeckSystem(equation),
  'sgd-diffusion': (equation: SgdDiffusion) => sgdDiffusionSystem(equation),
  'two-scale': (equation: TwoScale) => twoScaleSystem(equation),
  'sde': (equation: GeneralSde) => generalSystem(equation),
}

/** @throws ArgumentError for anything but an equation of a known kind */
export function systemOf(where: string, equation: StochasticEquation): System {
  const kinds = Object.keys(families)
  if (equation === null || typeof equation !== 'object' || !kinds.includes(equation.kind)) {
    return refuse(where, 'equation', `an equation of kind ${kinds.join(', ')}, such as overdampedLangevin({ potential, beta })`, equation?.kind ?? equation)
  }
  const dim = equation.dim
  if (!Number.isSafeInteger(dim) || dim < 1) refuse(where, 'equation', `made by its function, such as overdampedLangevin({ potential, beta })`, equation)
  return families[equation.kind](equation as never)
}
