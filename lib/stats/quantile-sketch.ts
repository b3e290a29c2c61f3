import type { Ordered } from './quantiles.ts'

/**
 * Counts of numbers in bins of bounded relative width: a mergeable sketch of their distribution (DDSketch: Masson, Rim & Lee 2019, with bins equal in each octave instead of logarithms, so
 * that only bits are looked at). The counts are integers and do not depend on the order of the numbers. Plain data.
 */
export interface QuantileSketch {
  counts: Map<number, number>
  least: number
  greatest: number
}

/** Bins in an octave. */
const binBits = 7
const shift = 20 - binBits

/** Every number that a sketch gives for a rank is within this share of the number of that rank (of size 2.2e-308 or more, or 0). */
export const sketchAccuracy = 2 ** -(binBits + 1)

export function emptySketch(): QuantileSketch {
  return { counts: new Map(), least: Infinity, greatest: -Infinity }
}

/** @param value a finite number */
export function addToSketch(sketch: QuantileSketch, value: number): void {
  const bin = binOf(value)
  sketch.counts.set(bin, (sketch.counts.get(bin) ?? 0) + 1)
  if (value < sketch.least) sketch.least = value
  if (value > sketch.greatest) sketch.greatest = value
}

export function mergeSketch(into: QuantileSketch, from: QuantileSketch): void {
  for (const [bin, count] of from.counts) into.counts.set(bin, (into.counts.get(bin) ?? 0) + count)
  into.least = Math.min(into.least, from.least)
  into.greatest = Math.max(into.greatest, from.greatest)
}

export function orderedBySketch({ counts, least, greatest }: QuantileSketch): Ordered {
  const bins = Int32Array.from(counts.keys()).sort()
  const upTo = new Float64Array(bins.length)
  let count = 0
  bins.forEach((bin, b) => (upTo[b] = count += counts.get(bin)!))
  return {
    count,
    at(rank) {
      const [low, high] = endsOf(bins[upTo.findIndex((sum) => sum >= rank)])
      const inside = (value: number): number => Math.min(greatest, Math.max(least, value))
      // 2ab/(a + b) is off by at most (b − a)/(b + a) of any number in between.
      const middle = low === 0 || high === 0 ? 0 : low < 0 ? high / (0.5 + 0.5 * (high / low)) : low / (0.5 + 0.5 * (low / high))
      return [inside(low), inside(middle), inside(high)]
    },
  }
}

const view = new DataView(new ArrayBuffer(8))

/** Number of the bin by sign, exponent and leading bits; it increases with the value. */
function binOf(value: number): number {
  view.setFloat64(0, Math.abs(value))
  const bin = view.getUint32(0) >>> shift
  return value < 0 ? -1 - bin : bin
}

function endsOf(bin: number): [number, number] {
  if (bin < 0) {
    const [low, high] = endsOf(-1 - bin)
    return [-high, -low]
  }
  view.setUint32(4, 0)
  view.setUint32(0, bin << shift)
  const low = view.getFloat64(0)
  view.setUint32(0, (bin + 1) << shift)
  return [low, view.getFloat64(0)]
}
