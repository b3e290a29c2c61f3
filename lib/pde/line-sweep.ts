import type { Grid } from '../grid/grid.ts'

/** Reads a line of values, writes a line of results, or two; `index` numbers the lines in C order of the other axes. */
export type LineWork = (line: Float64Array, out: Float64Array, index: number, second: Float64Array) => void

/**
 * Applies `work` to every line along one axis: the results replace those in `result`, are added to them, or are dropped (`result` null).
 * `result` may be `data`. Second results go to `second`.
 */
export type LineSweep = (data: Float64Array, result: Float64Array | null, work: LineWork, add?: boolean, second?: Float64Array) => void

/** Lines gathered together on a slow axis: as many numbers as a cache line holds. */
const together = 8

/** A sweep along an axis with its work space. */
export function lineSweep(grid: Grid, axis: number): LineSweep {
  const n = grid.shape[axis]
  const stride = grid.shape.slice(axis + 1).reduce((product, m) => product * m, 1)
  const width = Math.min(together, stride)
  // Lines a power of two apart would compete for the same places of the cache.
  const pitch = n + 8
  const block = new Float64Array(width * pitch)
  const lines = Array.from({ length: width }, (_, b) => block.subarray(b * pitch, b * pitch + n))
  const results = new Float64Array(width * pitch)
  const outs = lines.map((_, b) => results.subarray(b * pitch, b * pitch + n))
  const seconds = new Float64Array(width * pitch)
  const others = lines.map((_, b) => seconds.subarray(b * pitch, b * pitch + n))
  return (data, result, work, add = false, second) => {
    for (let slab = 0; slab < data.length; slab += n * stride) {
      for (let first = 0; first < stride; first += width) {
        const count = Math.min(width, stride - first)
        gather(data, slab + first, stride, n, block, pitch, count)
        for (let b = 0; b < count; b++) work(lines[b], outs[b], slab / n + first + b, others[b])
        if (second !== undefined) scatter(second, slab + first, stride, n, seconds, pitch, count)
        if (result === null) continue
        if (add) scatterAdding(result, slab + first, stride, n, results, pitch, count)
        else scatter(result, slab + first, stride, n, results, pitch, count)
      }
    }
  }
}

function gather(data: Float64Array, start: number, stride: number, n: number, block: Float64Array, pitch: number, count: number): void {
  for (let b = 0; b < count; b++) {
    const to = b * pitch
    for (let i = 0, from = start + b; i < n; i++, from += stride) block[to + i] = data[from]
  }
}

function scatter(result: Float64Array, start: number, stride: number, n: number, block: Float64Array, pitch: number, count: number): void {
  for (let b = 0; b < count; b++) {
    const from = b * pitch
    for (let i = 0, to = start + b; i < n; i++, to += stride) result[to] = block[from + i]
  }
}

function scatterAdding(result: Float64Array, start: number, stride: number, n: number, block: Float64Array, pitch: number, count: number): void {
  for (let b = 0; b < count; b++) {
    const from = b * pitch
    for (let i = 0, to = start + b; i < n; i++, to += stride) result[to] += block[from + i]
  }
}
