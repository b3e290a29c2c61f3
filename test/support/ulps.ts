import { all, create } from 'mathjs'
import type { BigNumber } from 'mathjs'

/** mathjs with 60 digits, the reference for elementary functions. */
export const precise = create(all, { number: 'BigNumber', precision: 60 })

const view = new DataView(new ArrayBuffer(8))

/** The exact value of a double (mathjs itself reads only its shortest decimal form). */
export function exactly(x: number): BigNumber {
  if (!Number.isFinite(x) || x === 0) return precise.bignumber(x)
  view.setFloat64(0, x)
  const bits = view.getBigUint64(0)
  const exponent = Number((bits >> 52n) & 2047n)
  const fraction = (bits & 0xfffffffffffffn) | (exponent === 0 ? 0n : 1n << 52n)
  const size = precise.bignumber(String(fraction)).mul(precise.bignumber(2).pow(Math.max(exponent, 1) - 1075))
  return x < 0 ? size.neg() : size
}

/** |got − reference| in units of the last place of the reference. */
export function ulps(got: number, reference: BigNumber): number {
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(reference.toNumber()))), -1022)
  return Math.abs(reference.minus(exactly(got)).toNumber()) / 2 ** (exponent - 52)
}
