import { fillNormalPairs } from '../kernels/philox.ts'

/**
 * Wiener processes of some paths, walked forwards. W at a time depends on (seed, path, component) and the binary digits of dt alone, so that
 * walks with dt, dt/2, dt/4, … see the same paths.
 */
export interface BrownianWalk {
  /**
   * Walks on to `to` (in units of dt, not behind) and writes the increments W(to) − W(where it stood), component c of path number i of n at c·n + i. A walk with time
   * areas also writes H = (1/h)∫(W − W(start)) ds − (W(to) − W(start))/2 over the stretch of length h, which is N(0, h/12) and independent of the increment.
   */
  advance(to: number, increment: Float64Array, timeArea?: Float64Array): void
  /** Stands at `at`, in front of or behind. */
  place(at: number): void
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
/** A cell is 1 to 2^31 times dt long; within 2^−27 < dt < 2^5 halving dt keeps the cell, 16 to 32 long. */
const band = 32
const most = 4

const exponentOf = (dt: number): number => Math.floor(Math.log2(dt))
const bandOf = (dt: number): number => Math.ceil((exponentOf(dt) - most) / band)

/** Whether walks with dt and dt/2^n see the same paths: from one cell length on to the next they do not. */
export function sharesPaths(dt: number, finer: number): boolean {
  return bandOf(dt) === bandOf(finer)
}

/** A dyadic interval whose increment is known: number `index` of the 2^level in the cell. */
interface Interval {
  level: number
  index: number
  increment: Float64Array
  timeArea: Float64Array
  /** What its midpoint is made of, once drawn. */
  normals: Float64Array
  drawn: boolean
}

/**
 * Lévy's construction from the top: time is cut into cells, a cell's increment is drawn and halved as far as the walk has to look, each midpoint with normals of its own
 * from (seed, path, cell, interval). Steps in order take one normal each, as independent ones would.
 */
export function brownianWalk({ seed, paths, dim, dt, timeAreas }: BrownianOptions): BrownianWalk {
  const count = paths.length
  const halvings = bandOf(dt) * band + most - exponentOf(dt)
  const unit = dt * 2 ** halvings
  const size = dim * count
  const draws = timeAreas ? 2 * dim : dim
  // Paths with time areas are not those without.
  const tag = timeAreas ? 2 : 1
  const unused = new Float64Array(draws * count)
  const pool: Interval[] = []
  /** Intervals from where the walk stands to the end of the cell, the next one on top. */
  const stack: Interval[] = []
  let cell = 0
  let tick = 0

  const fresh = (level: number, index: number): Interval => {
    const made = pool.pop() ?? {
      level, index, drawn: false, increment: new Float64Array(size), timeArea: new Float64Array(timeAreas ? size : 0), normals: new Float64Array(draws * count),
    }
    return Object.assign(made, { level, index, drawn: false })
  }

  /** Normals of the siblings 2·pair and 2·pair + 1, counted as in a heap, whose top is 1; 0 is for the cell's own increment. */
  const draw = (pair: number, even: Float64Array, odd: Float64Array): void => {
    const part = (number: number): Float64Array => {
      const [from, at] = number < draws ? [even, number] : [odd, number - draws]
      return from.subarray(at * count, (at + 1) * count)
    }
    const high = Math.floor(pair / 4294967296) * 65536
    for (let p = 0; p < draws; p++) fillNormalPairs(seed, tag, pair, paths, cell, high + p, part(2 * p), part(2 * p + 1))
  }

  const enter = (): void => {
    const top = fresh(0, 0)
    draw(0, unused, top.normals)
    for (let i = 0; i < size; i++) top.increment[i] = Math.sqrt(unit) * unused[i]
    for (let i = 0; i < top.timeArea.length; i++) top.timeArea[i] = Math.sqrt(unit / 12) * unused[size + i]
    top.drawn = true
    stack.push(top)
  }

  const split = (): void => {
    const parent = stack.pop()!
    const { level, index } = parent
    if (!parent.drawn) {
      const pair = (2 ** level + (index - (index % 2))) / 2
      const sibling = index % 2 === 0 ? stack.at(-1)! : undefined
      if (sibling === undefined) draw(pair, unused, parent.normals)
      else draw(pair, parent.normals, sibling.normals)
      if (sibling !== undefined) sibling.drawn = true
    }
    const left = fresh(level + 1, 2 * index)
    halve(parent, left, unit * 2 ** -level)
    // What is left of the parent is its right half.
    parent.level = level + 1
    parent.index = 2 * index + 1
    parent.drawn = false
    stack.push(parent, left)
  }

  /** Calls `take` with each interval up to the place, in order. */
  const walk = (to: number, take: (interval: Interval, length: number) => void): void => {
    const place = to * 2 ** -halvings
    const lastCell = Math.floor(place)
    const lastTick = Math.round((place - lastCell) * whole)
    while (cell < lastCell || tick < lastTick) {
      if (stack.length === 0) enter()
      const { level, index } = stack.at(-1)!
      const end = (index + 1) * 2 ** (levels - level)
      if (end > (cell < lastCell ? whole : lastTick)) {
        split()
        continue
      }
      const interval = stack.pop()!
      take(interval, 2 ** -level)
      pool.push(interval)
      tick = end
      if (tick === whole) [cell, tick] = [cell + 1, 0]
    }
  }

  return {
    place(at) {
      pool.push(...stack.splice(0))
      cell = Math.floor(at * 2 ** -halvings)
      tick = 0
      walk(at, () => {})
    },
    advance(to, increment, timeArea) {
      let length = 0
      walk(to, (interval, more) => {
        if (length === 0) {
          increment.set(interval.increment)
          timeArea?.set(interval.timeArea)
        } else join(increment, timeArea, length, interval, more)
        length += more
      })
      if (length > 0) return
      increment.fill(0)
      timeArea?.fill(0)
    },
  }
}

/**
 * `parent`, of length h, becomes its right half. Without time areas W_left = W/2 + √h Z/2. With them (Foster, Lyons & Oberhauser 2020) the halves differ by
 * D = W_left − W_right = 3H + √h Z/2, and H_left + H_right = 2H − D/2, H_left − H_right = √(h/12) N.
 */
function halve(parent: Interval, left: Interval, h: number): void {
  const { increment, timeArea, normals } = parent
  const size = increment.length
  if (timeArea.length === 0) {
    const width = Math.sqrt(h) / 2
    for (let i = 0; i < size; i++) {
      const half = 0.5 * increment[i] + width * normals[i]
      left.increment[i] = half
      increment[i] -= half
    }
    return
  }
  for (let i = 0; i < size; i++) {
    const difference = 3 * timeArea[i] + 0.5 * Math.sqrt(h) * normals[i]
    const half = 0.5 * (increment[i] + difference)
    const sum = 2 * timeArea[i] - 0.5 * difference
    const gap = Math.sqrt(h / 12) * normals[size + i]
    left.increment[i] = half
    increment[i] -= half
    left.timeArea[i] = 0.5 * (sum + gap)
    timeArea[i] = 0.5 * (sum - gap)
  }
}

/** The increment and time area over a stretch with an interval after it; lengths in the same unit. */
function join(increment: Float64Array, timeArea: Float64Array | undefined, length: number, next: Interval, more: number): void {
  if (timeArea !== undefined) {
    const all = length + more
    for (let i = 0; i < timeArea.length; i++) {
      timeArea[i] = (length * timeArea[i] + more * next.timeArea[i]) / all + (more * increment[i] - length * next.increment[i]) / (2 * all)
    }
  }
  for (let i = 0; i < increment.length; i++) increment[i] += next.increment[i]
}
