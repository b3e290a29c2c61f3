import { addressOf } from '../kernels/machine.ts'
import { walkNormals } from '../kernels/walk-normals.ts'
import type { Halving } from '../kernels/walk-normals.ts'

/**
 * Wiener processes of some paths, walked forwards. W at a time depends on (seed, path, component) and the binary digits of dt alone, so that
 * walks with dt, dt/2, dt/4, … see the same paths.
 */
export interface BrownianWalk {
  /**
   * Walks on to `to` (in units of dt, not behind) and gives the increments W(to) − W(where it stood), component c of path number i of n at c·n + i: in `increment`, or in an
   * array of the walk's own that it exchanges for it where both are memory of the kernels. A walk with time areas also writes H = (1/h)∫(W − W(start)) ds − (W(to) − W(start))/2 over the stretch of length h, which is N(0, h/12) and independent of the increment.
   */
  advance(to: number, increment: Float64Array, timeArea?: Float64Array): Float64Array
  /** Stands at `at`, in front of or behind. */
  place(at: number): void
  /** Gives its memory back. It must not be walked on after that. */
  release(): void
}

export interface BrownianOptions {
  /** An integer from 0 to 2^53 − 1. */
  seed: number
  /** Their numbers. */
  paths: Uint32Array
  /** Components. */
  dim: number
  dt: number
  /** Whether H is wanted as well; such paths are others, and take twice as many normals. */
  timeAreas: boolean
}

/** Places are rounded to the 2^44-th part of a cell. */
const levels = 44
const whole = 2 ** levels
/** Ticks of an interval of each level. */
const ticks = Float64Array.from({ length: levels + 1 }, (_, level) => 2 ** (levels - level))
/** A cell is 1 to 2^31 times dt long; within 2^−27 < dt < 2^5 halving dt keeps the cell, 16 to 32 long. */
const band = 32
const most = 4

/** The e with 2^e ≤ dt < 2^(e + 1); a logarithm alone rounds up just below powers of 2. */
function exponentOf(dt: number): number {
  const near = Math.floor(Math.log2(dt))
  return 2 ** near > dt ? near - 1 : near
}
const bandOf = (dt: number): number => Math.ceil((exponentOf(dt) - most) / band)

/** Whether walks with dt and dt/2^n see the same paths: from one cell length on to the next they do not. */
export function sharesPaths(dt: number, finer: number): boolean {
  return bandOf(dt) === bandOf(finer)
}

/** A dyadic interval whose increment is known: number `index` of the 2^level in the cell. Rows as in `WalkNormals`. */
interface Interval {
  level: number
  index: number
  increment: Float64Array
  timeArea: Float64Array
  /** Its halves, once drawn. */
  halves: readonly [Interval, Interval] | undefined
}

/**
 * Lévy's construction from the top: time is cut into cells, a cell's increment is drawn and halved as far as the walk has to look, each midpoint with normals of its own
 * from (seed, path, cell, interval). Steps in order take one normal each, as independent ones would. The blocks of random words have the counter
 * (pair of siblings in a heap whose top is 1, ⌊path/2⌋, cell, upper half of the pair · 2^21 + component), with time areas as further components; pair 0 makes the
 * increment of the cell itself and halves it.
 */
export function brownianWalk({ seed, paths, dim, dt, timeAreas }: BrownianOptions): BrownianWalk {
  const halvings = bandOf(dt) * band + most - exponentOf(dt)
  const [cellsOf, unit] = [2 ** -halvings, dt * 2 ** halvings]
  const { twins, places } = placesOf(paths)
  const normals = walkNormals(seed, timeAreas ? 2 : 1, twins)
  const areaDim = timeAreas ? dim : 0
  const spare = normals.rows(dim)
  // For paths with time areas, whose halves take two normals each.
  const [evenNormals, oddNormals] = [normals.rows(2 * areaDim), normals.rows(2 * areaDim)]
  const pool: Interval[] = []
  /** Intervals from where the walk stands to the end of the cell, the next one on top. */
  const stack: Interval[] = []
  let cell = 0
  let tick = 0

  const fresh = (level: number, index: number): Interval => {
    const made = pool.pop() ?? { level, index, increment: normals.rows(dim), timeArea: normals.rows(areaDim), halves: undefined }
    made.level = level
    made.index = index
    return made
  }
  const discard = (interval: Interval): void => {
    if (interval.halves !== undefined) pool.push(...interval.halves)
    interval.halves = undefined
    pool.push(interval)
  }

  /** Halves siblings, of which one may be missing, with the normals of their pair. */
  const halve = (pair: number, even: Interval | undefined, odd: Interval | undefined): void => {
    const rest = Math.floor(pair / 4294967296) * 2097152
    const { level } = (even ?? odd)!
    const length = unit * (ticks[level] / whole)
    for (const one of [even, odd]) if (one !== undefined) one.halves = [fresh(level + 1, 2 * one.index), fresh(level + 1, 2 * one.index + 1)]
    if (timeAreas) {
      normals.draw(pair, cell, rest, evenNormals, oddNormals)
      if (even !== undefined) halveWithArea(even, evenNormals, length)
      if (odd !== undefined) halveWithArea(odd, oddNormals, length)
      return
    }
    normals.halve(pair, cell, rest, Math.sqrt(length) / 2, halvingOf(even, spare), halvingOf(odd, spare))
  }

  const enter = (): void => {
    const top = fresh(0, 0)
    if (timeAreas) {
      normals.draw(0, cell, 0, evenNormals, oddNormals)
      const size = top.increment.length
      for (let i = 0; i < size; i++) top.increment[i] = Math.sqrt(unit) * evenNormals[i]
      for (let i = 0; i < size; i++) top.timeArea[i] = Math.sqrt(unit / 12) * evenNormals[size + i]
    } else {
      normals.draw(0, cell, 0, top.increment, spare)
      for (let i = 0; i < top.increment.length; i++) top.increment[i] *= Math.sqrt(unit)
    }
    halve(0, undefined, top)
    stack.push(top)
  }

  const split = (): void => {
    const parent = stack.pop()!
    const { level, index } = parent
    if (parent.halves === undefined) {
      if (index % 2 === 0) halve((whole / ticks[level] + index) / 2, parent, stack.at(-1)!)
      else halve((whole / ticks[level] + index - 1) / 2, undefined, parent)
    }
    const [left, right] = parent.halves!
    parent.halves = undefined
    pool.push(parent)
    stack.push(right, left)
  }

  /** Calls `take` with each interval up to the place, in order, and whether it is the last. */
  const walk = (to: number, take: (interval: Interval, length: number, last: boolean) => void): void => {
    const place = to * cellsOf
    const lastCell = Math.floor(place)
    const lastTick = Math.round((place - lastCell) * whole)
    while (cell < lastCell || tick < lastTick) {
      if (stack.length === 0) enter()
      const { level, index } = stack.at(-1)!
      const end = (index + 1) * ticks[level]
      if (end > (cell < lastCell ? whole : lastTick)) {
        split()
        continue
      }
      const interval = stack.pop()!
      take(interval, ticks[level] / whole, cell === lastCell ? end === lastTick : end === whole && cell + 1 === lastCell && lastTick === 0)
      discard(interval)
      tick = end
      if (tick === whole) [cell, tick] = [cell + 1, 0]
    }
  }

  /** Increment and time area of a stretch of several intervals. */
  const joined = { increment: normals.rows(dim), timeArea: normals.rows(areaDim) }
  const give = (from: Pick<Interval, 'increment' | 'timeArea'>, out: Float64Array, areaOut: Float64Array | undefined): Float64Array => {
    if (areaOut !== undefined) copyRows(from.timeArea, normals.length, places, areaOut)
    const { increment } = from
    if (paths.length === normals.length && addressOf(out) !== undefined) {
      from.increment = out
      return increment
    }
    copyRows(increment, normals.length, places, out)
    return out
  }
  return {
    place(at) {
      for (const interval of stack.splice(0)) discard(interval)
      cell = Math.floor(at * cellsOf)
      tick = 0
      walk(at, () => {})
    },
    advance(to, increment, timeArea) {
      let length = 0
      let given = increment
      walk(to, (interval, more, last) => {
        if (length === 0 && last) given = give(interval, increment, timeArea)
        else if (length === 0) {
          joined.increment.set(interval.increment)
          joined.timeArea.set(interval.timeArea)
        } else join(joined, length, interval, more)
        if (length > 0 && last) given = give(joined, increment, timeArea)
        length += more
      })
      if (length > 0) return given
      timeArea?.fill(0)
      return increment.fill(0)
    },
    release: () => normals.release(),
  }
}

/** ⌊path/2⌋ of the paths, which increase, each once, and the places of the paths in rows of their normals. */
function placesOf(paths: Uint32Array): { twins: number[]; places: Uint32Array } {
  const twins: number[] = []
  const places = Uint32Array.from(paths, (path) => {
    if (twins.at(-1) !== path >>> 1) twins.push(path >>> 1)
    return 2 * (twins.length - 1) + (path & 1)
  })
  return { twins, places }
}

/** Component after component, the numbers at some places of a row. */
function copyRows(from: Float64Array, length: number, places: Uint32Array, out: Float64Array): void {
  const count = places.length
  if (count === length) return out.set(from)
  const neighbours = places[count - 1] - places[0] === count - 1
  for (let c = 0; c * length < from.length; c++) {
    if (neighbours) out.set(from.subarray(c * length + places[0], c * length + places[0] + count), c * count)
    else for (let i = 0; i < count; i++) out[c * count + i] = from[c * length + places[i]]
  }
}

function halvingOf(interval: Interval | undefined, spare: Float64Array): Halving {
  if (interval === undefined) return { whole: spare, left: spare, right: spare }
  const [left, right] = interval.halves!
  return { whole: interval.increment, left: left.increment, right: right.increment }
}

/**
 * The halves of an interval of length h with its time area H (Foster, Lyons & Oberhauser 2020): they differ by D = W_left − W_right = 3H + √h Z/2, and
 * H_left + H_right = 2H − D/2, H_left − H_right = √(h/12) N.
 */
function halveWithArea({ increment, timeArea, halves }: Interval, normals: Float64Array, h: number): void {
  const size = increment.length
  const [left, right] = halves!
  for (let i = 0; i < size; i++) {
    const difference = 3 * timeArea[i] + 0.5 * Math.sqrt(h) * normals[i]
    const half = 0.5 * (increment[i] + difference)
    const sum = 2 * timeArea[i] - 0.5 * difference
    const gap = Math.sqrt(h / 12) * normals[size + i]
    left.increment[i] = half
    right.increment[i] = increment[i] - half
    left.timeArea[i] = 0.5 * (sum + gap)
    right.timeArea[i] = 0.5 * (sum - gap)
  }
}

/** The increment and time area over a stretch with an interval after it; lengths in the same unit. */
function join({ increment, timeArea }: Pick<Interval, 'increment' | 'timeArea'>, length: number, next: Interval, more: number): void {
  const all = length + more
  for (let i = 0; i < timeArea.length; i++) {
    timeArea[i] = (length * timeArea[i] + more * next.timeArea[i]) / all + (more * increment[i] - length * next.increment[i]) / (2 * all)
  }
  for (let i = 0; i < increment.length; i++) increment[i] += next.increment[i]
}
