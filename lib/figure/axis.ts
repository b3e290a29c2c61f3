import { refuse } from '../core/arguments.ts'
import type { FigureAxis } from './figure.ts'
import { numberText, scientificText } from './text.ts'

/** An axis with its domain, ticks and their texts decided. */
export interface Scale {
  type: 'linear' | 'log'
  domain: [number, number]
  ticks: number[]
  texts: string[]
}

/**
 * The domain of an axis (its own, or the extent of the data widened by the share `padding` on both sides) and about `count` ticks.
 * @throws ArgumentError when the extent overflows
 */
export function scaleOf(where: string, argument: string, axis: FigureAxis, extent: [number, number], padding: number, count: number): Scale {
  const type = axis.type ?? 'linear'
  const domain = axis.domain ?? (type === 'log' ? paddedLog(extent, padding) : paddedLinear(extent, padding))
  if (!Number.isFinite(domain[1] - domain[0])) refuse(where, argument, 'an axis whose extent is a finite number', extent)
  const ticks = type === 'log' ? logTicks(domain, count) : linearTicks(domain, count)
  return { type, domain, ticks, texts: tickTexts(ticks, type) }
}

/** The place of a value in the domain: 0 at its low end, 1 at its high end. */
export function placeOn(scale: Scale, value: number): number {
  const [low, high] = scale.domain
  return scale.type === 'log' ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low)
}

/** Data that are constant up to round-off are shown as constant. */
function paddedLinear([low, high]: [number, number], padding: number): [number, number] {
  const size = Math.max(Math.abs(low), Math.abs(high))
  if (high - low <= 1e-12 * size) {
    const half = size === 0 ? 1 : 0.1 * size
    return [(low + high) / 2 - half, (low + high) / 2 + half]
  }
  return [low - padding * (high - low), high + padding * (high - low)]
}

function paddedLog([low, high]: [number, number], padding: number): [number, number] {
  if (high / low < 1 + 1e-12) return [low / 3, high * 3]
  const factor = Math.pow(high / low, padding)
  return [low / factor, high * factor]
}

/** About `count` round numbers (1, 2 or 5 times a power of ten apart) in a domain. */
export function linearTicks([low, high]: [number, number], count: number): number[] {
  const power = Math.floor(Math.log10((high - low) / count))
  const apart = (high - low) / count / 10 ** power
  // Thresholds between 1, 2, 5 and 10 at their geometric means.
  const step = apart >= Math.sqrt(50) ? 10 : apart >= Math.sqrt(10) ? 5 : apart >= Math.sqrt(2) ? 2 : 1
  const ticks: number[] = []
  const unit = step * 10 ** power
  for (let i = Math.ceil(low / unit - 1e-9); i <= high / unit + 1e-9; i++) {
    ticks.push(i === 0 ? 0 : power >= 0 ? i * unit : (i * step) / 10 ** -power)
  }
  return ticks
}

function logTicks([low, high]: [number, number], count: number): number[] {
  const powers: number[] = []
  for (let k = Math.ceil(Math.log10(low) - 1e-9); k <= Math.log10(high) + 1e-9; k++) powers.push(k)
  if (powers.length >= 3) {
    const every = Math.ceil(powers.length / count)
    return powers.filter((k) => k % every === 0).map((k) => Number(`1e${k}`))
  }
  const finer: number[] = []
  for (let k = Math.floor(Math.log10(low)); k <= Math.log10(high); k++) finer.push(...[1, 2, 5].map((factor) => Number(`${factor}e${k}`)))
  const inside = finer.filter((value) => value >= low && value <= high)
  return inside.length >= 3 ? inside : linearTicks([low, high], count)
}

/** Ticks of one axis in one form: all positional or all with powers of ten, with the digits that their distance asks for. */
export function tickTexts(ticks: number[], type: 'linear' | 'log' = 'linear'): string[] {
  const sizes = ticks.map(Math.abs).filter((size) => size > 0)
  const [least, largest] = [Math.min(...sizes), Math.max(...sizes)]
  if (type === 'log') {
    const positional = sizes.every(isPowerOfTen) ? least >= 0.01 && largest <= 1000 : least >= 1e-3 && largest < 1e5
    return ticks.map((tick) => (positional ? numberText(tick, 4) : scientificText(tick, 4)))
  }
  const step = ticks.length > 1 ? ticks[1] - ticks[0] : largest
  if (largest >= 1e5 || largest < 1e-3) {
    const digits = Math.min(17, Math.max(1, Math.round(Math.log10(largest / step)) + 2))
    return ticks.map((tick) => scientificText(tick, digits))
  }
  const decimals = Math.min(17, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)))
  return ticks.map((tick) => tick.toFixed(decimals).replace('-', '−'))
}

function isPowerOfTen(value: number): boolean {
  return value.toExponential().startsWith('1e')
}
