import type { Method } from '../method.ts'
import { eulerMaruyama } from './euler-maruyama.ts'
import { leimkuhlerMatthews } from './leimkuhler-matthews.ts'

/** The catalogue of methods, for `simulate(…, { method: name })`. */
export const methods: readonly Method[] = [eulerMaruyama, leimkuhlerMatthews]
