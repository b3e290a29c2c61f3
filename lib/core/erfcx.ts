import { createRequire } from 'node:module'
import { once } from './once.ts'

// Loaded when it is first asked for: its hundred modules take a good part of the time of the whole package.
const scaled = once(() => createRequire(import.meta.url)('@stdlib/math-base-special-erfcx') as (x: number) => number)

/** e^{x²} erfc(x), the scaled complementary error function. */
export function erfcx(x: number): number {
  return scaled()(x)
}
