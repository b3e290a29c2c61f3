import { placeOn } from './axis.ts'
import type { Scale } from './axis.ts'
import type { Mark, Panel } from './figure.ts'

export type Spot = [x: number, y: number]

/** The rectangle of the data, and how values become px from its top left corner. */
export interface Frame {
  x: Scale
  y: Scale
  width: number
  height: number
}

export function toFrame(frame: Frame, x: number, y: number): Spot {
  return [placeOn(frame.x, x) * frame.width, (1 - placeOn(frame.y, y)) * frame.height]
}

/** The least and the largest number that the marks of a panel have along an axis; gaps do not count. */
export function extentOf(panel: Panel, axis: 'x' | 'y'): [number, number] {
  let [low, high] = [Infinity, -Infinity]
  const type = panel[axis].type
  const include = (value: number): void => {
    if (value < low) low = value
    if (value > high) high = value
  }
  for (const mark of panel.marks) {
    for (const list of coordinates(mark, axis)) for (let i = 0; i < list.length; i++) include(list[i])
    if (mark.kind !== 'points' || axis !== 'y' || mark.errors === undefined) continue
    for (let i = 0; i < mark.y.length; i++) {
      include(mark.y[i] + mark.errors[i])
      if (type !== 'log' || mark.y[i] > mark.errors[i]) include(mark.y[i] - mark.errors[i])
    }
  }
  return [low, high]
}

function coordinates(mark: Mark, axis: 'x' | 'y'): ArrayLike<number>[] {
  switch (mark.kind) {
    case 'band':
      return axis === 'x' ? [mark.x] : [mark.low, mark.high]
    case 'rule':
      return mark.axis === axis ? [[mark.at]] : []
    case 'text':
      return [[mark[axis]]]
    default:
      return [mark[axis]]
  }
}

/** Whether marks fill the panel up to the ends of their data (lines, maps) or need room around them (points, texts). */
export function needsRoom(panel: Panel): boolean {
  return panel.marks.some((mark) => mark.kind === 'points' || mark.kind === 'text' || (mark.kind === 'rule' && mark.axis === 'x'))
}

/** Spots about 3 px apart on the curves that a mark draws, inside the frame. */
export function curvesOf(mark: Mark, frame: Frame): Spot[] {
  switch (mark.kind) {
    case 'line':
      return trace(mark.x, mark.y, frame)
    case 'band':
      return [...trace(mark.x, mark.high, frame), ...trace(mark.x, mark.low, frame)]
    case 'rule': {
      const ends = frame[mark.axis === 'x' ? 'y' : 'x'].domain
      return mark.axis === 'x' ? trace([mark.at, mark.at], ends, frame) : trace(ends, [mark.at, mark.at], frame)
    }
    case 'points':
      return Array.from({ length: mark.x.length }, (_, i) => errorBar(mark, i, frame)).flat()
    default:
      return []
  }
}

function errorBar(mark: Extract<Mark, { kind: 'points' }>, i: number, frame: Frame): Spot[] {
  const [low, high] = errorEnds(mark, i, frame.y)
  return [...trace([mark.x[i]], [mark.y[i]], frame), ...trace([mark.x[i], mark.x[i]], [low, high], frame)]
}

/** The ends of an error bar; on a logarithmic axis one that reaches 0 runs to the bottom of the frame. */
export function errorEnds(mark: Extract<Mark, { kind: 'points' }>, i: number, y: Scale): [number, number] {
  const error = mark.errors?.[i] ?? 0
  return [Math.max(mark.y[i] - error, y.type === 'log' ? y.domain[0] : -Infinity), mark.y[i] + error]
}

function trace(x: ArrayLike<number>, y: ArrayLike<number>, frame: Frame): Spot[] {
  const spots: Spot[] = []
  let last: Spot | undefined
  for (let i = 0; i < x.length; i++) {
    const next = toFrame(frame, x[i], y[i])
    if (!Number.isFinite(next[1])) {
      last = undefined
      continue
    }
    const pieces = last === undefined ? 1 : Math.min(1000, Math.ceil(Math.hypot(next[0] - last[0], next[1] - last[1]) / 3))
    for (let k = 1; k <= pieces; k++) {
      const from = last ?? next
      const spot: Spot = [from[0] + ((next[0] - from[0]) * k) / pieces, from[1] + ((next[1] - from[1]) * k) / pieces]
      const before = spots.at(-1)
      const apart = before === undefined || Math.hypot(spot[0] - before[0], spot[1] - before[1]) > 1
      if (apart && insideFrame(spot, frame)) spots.push(spot)
    }
    last = next
  }
  return spots
}

export function insideFrame([x, y]: Spot, frame: Frame): boolean {
  return x >= -0.5 && x <= frame.width + 0.5 && y >= -0.5 && y <= frame.height + 0.5
}
