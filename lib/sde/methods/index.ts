import type { Method } from '../method.ts'
import { baoab } from './baoab.ts'
import { driftImplicitEuler } from './drift-implicit-euler.ts'
import { eulerMaruyama } from './euler-maruyama.ts'
import { heun } from './heun.ts'
import { leimkuhlerMatthews } from './leimkuhler-matthews.ts'
import { mala } from './mala.ts'
import { milstein } from './milstein.ts'
import { obabo } from './obabo.ts'
import { srkAdditive } from './srk-additive.ts'
import { srk } from './srk.ts'
import { tamedEuler } from './tamed-euler.ts'

/** The catalogue of methods, for `simulate(…, { method: name })`. */
export const methods: readonly Method[] = [
  eulerMaruyama, driftImplicitEuler, tamedEuler, milstein, heun, srk, srkAdditive, leimkuhlerMatthews, baoab, obabo, mala,
]
