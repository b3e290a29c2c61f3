import type { Team } from '../kernels/team.ts'
import type { Workspace } from '../kernels/workspace.ts'
import type { Grid } from '../grid/grid.ts'

/** Lines that the kernels take together: see kernels/assembly/lines.ts. */
const together = 8

/** What kernels that sweep over the lines of an axis are told of it. */
export interface LineKernels {
  team: Team
  groups: number
  /** Lines, nodes of a line, distance of neighbours. */
  shape: readonly [number, number, number]
  /** An address where numbers have been put, until others are put there under the same name. */
  put(name: string, values: ArrayLike<number>): number
  /** Buffers for pairs of lines with so many ghosts, `count` lines in place of one, and the distance of two of them. */
  buffers(ghosts: number, count: number): readonly [number, number]
  /** An array in reach of the kernels with these values: the given one, or a copy until the next. */
  within(values: Float64Array): Float64Array
  /** Writes results: to the given array, or to one in reach from which they are copied. */
  onto(result: Float64Array, write: (result: Float64Array) => void): void
}

/** Undefined where there are no kernels. */
export function lineKernels(grid: Grid, k: number, { numbers, team, holds }: Workspace): LineKernels | undefined {
  if (team === undefined) return undefined
  const n = grid.shape[k]
  const lines = grid.size / n
  const groups = Math.ceil(lines / together)
  const slots = new Map<string, Float64Array>()
  const slot = (name: string, length: number): Float64Array => {
    let found = slots.get(name)
    if (found === undefined || found.length < length) slots.set(name, (found = numbers(length)))
    return found
  }
  const put = (name: string, values: ArrayLike<number>): Float64Array => {
    const place = slot(name, values.length)
    place.set(values)
    return place
  }
  return {
    team, groups, shape: [lines, n, grid.shape.slice(k + 1).reduce((product, m) => product * m, 1)],
    put: (name, values) => put(name, values).byteOffset,
    buffers: (ghosts, count) => {
      const pairs = n + 2 * ghosts + 1
      return [slot('buffers', groups * together * count * pairs).byteOffset, 16 * pairs]
    },
    within: (values) => (holds(values) ? values : put('values', values)),
    onto: (result, write) => {
      if (holds(result)) return write(result)
      const copy = put('result', result)
      write(copy)
      result.set(copy.subarray(0, result.length))
    },
  }
}

/** The rules of an axis in reach of its kernels: where they begin and end. */
export function putRules({ put }: LineKernels, rules: readonly number[]): readonly [number, number] {
  const start = put('rules', rules)
  return [start, start + 8 * rules.length]
}
