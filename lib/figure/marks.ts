import type { Markish } from '@observablehq/plot'
import { linearTicks } from './axis.ts'
import type { Mark } from './figure.ts'
import { errorEnds, insideFrame, toFrame } from './geometry.ts'
import type { Frame } from './geometry.ts'
import { heatColors, heatImage } from './heat.ts'
import { isDashed } from './palette.ts'
import type { Ink } from './palette.ts'
import { plotting } from './plot.ts'

const clip = 'frame'

/** A mark as marks of Observable Plot. Texts and labels are placed by labels.ts. */
export function plotMarks(mark: Mark, color: Ink, frame: Frame): Markish[] {
  const { Plot } = plotting()
  const stroke = color.line
  const dashes = isDashed(mark, color) ? { strokeDasharray: '6 4', strokeLinecap: 'butt' as const } : {}
  switch (mark.kind) {
    case 'line':
      return [Plot.line(thinned(mark.x, mark.y), { stroke, strokeWidth: mark.width ?? 1.8, strokeLinecap: 'round', ...dashes, clip })]
    case 'points':
      return pointMarks(mark, stroke, frame)
    case 'band': {
      const rows = Array.from(mark.x, (_, i) => i)
      const channels = { x: (i: number) => mark.x[i], y1: (i: number) => mark.low[i], y2: (i: number) => mark.high[i] }
      return [Plot.areaY(rows, { ...channels, fill: stroke, fillOpacity: 0.22, clip })]
    }
    case 'rule': {
      const style = { stroke, strokeWidth: 1.4, ...dashes, clip } as const
      return [mark.axis === 'x' ? Plot.ruleX([mark.at], style) : Plot.ruleY([mark.at], style)]
    }
    case 'heat': {
      const [left, bottom] = toFrame(frame, mark.x[0], mark.y[0])
      const [right, top] = toFrame(frame, mark.x[1], mark.y[1])
      const [width, height] = [right - left, bottom - top]
      const pixels = [width, height].map((size) => Math.min(1200, Math.max(1, Math.round(size))))
      const src = heatImage(mark, heatColors(mark.diverging === true), pixels[0], pixels[1])
      const middle = { x: () => (mark.x[0] + mark.x[1]) / 2, y: () => (mark.y[0] + mark.y[1]) / 2 }
      return [Plot.image([0], { ...middle, src: () => src, width, height, preserveAspectRatio: 'none', clip })]
    }
    case 'contours':
      return contourMarks(mark, color, dashes)
    case 'text':
      return []
  }
}

function pointMarks(mark: Extract<Mark, { kind: 'points' }>, stroke: string, frame: Frame): Markish[] {
  const { Plot } = plotting()
  const rows = Array.from(mark.x, (_, i) => i).filter((i) => insideFrame(toFrame(frame, mark.x[i], mark.y[i]), frame))
  const x = (i: number): number => mark.x[i]
  const dots = Plot.dot(rows, { x, y: (i: number) => mark.y[i], r: 3, fill: stroke, stroke: '#ffffff', strokeWidth: 0.6 })
  if (mark.errors === undefined) return [dots]
  const [y1, y2] = [0, 1].map((end) => (i: number) => errorEnds(mark, i, frame.y)[end])
  return [Plot.ruleX(rows, { x, y1, y2, stroke, strokeWidth: 1.4, clip }), dots]
}

/** Level lines at round values, dark with a light edge so that they show on every colour. */
function contourMarks(mark: Extract<Mark, { kind: 'contours' }>, color: Ink, dashes: object): Markish[] {
  const { Plot } = plotting()
  const [n, m] = mark.shape
  const values = Float64Array.from({ length: n * m }, (_, k) => mark.values[(k % n) * m + Math.floor(k / n)])
  // Plot's cells surround the nodes: half a cell beyond the first and the last, which the frame cuts off.
  const [a, b] = [(mark.x[1] - mark.x[0]) / (n - 1) / 2, (mark.y[1] - mark.y[0]) / (m - 1) / 2]
  const cells = { width: n, height: m, x1: mark.x[0] - a, x2: mark.x[1] + a, y1: mark.y[0] - b, y2: mark.y[1] + b }
  const lines = { ...cells, thresholds: contourLevels(mark), fill: 'none', clip } as const
  return [
    Plot.contour(values, { ...lines, stroke: '#ffffff', strokeWidth: 2, strokeOpacity: 0.35 }),
    Plot.contour(values, { ...lines, stroke: mark.color === undefined && mark.label === undefined ? '#1a1a1a' : color.line, strokeWidth: 0.9, ...dashes }),
  ]
}

export function contourLevels({ values, levels = 10 }: Extract<Mark, { kind: 'contours' }>): number[] {
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  return high > low ? linearTicks([low, high], levels).filter((level) => level > low && level < high) : []
}

const mostPoints = 4000

/** At most `mostPoints` points that show the same curve: the lowest and the highest of each run of neighbours. Gaps are kept. */
function thinned(x: ArrayLike<number>, y: ArrayLike<number>): [number, number][] {
  const points = Array.from(x, (value, i): [number, number] => [value, y[i]])
  if (points.length <= mostPoints || points.some(([value], i) => i > 0 && value < points[i - 1][0])) return points
  const run = Math.ceil((2 * points.length) / mostPoints)
  const kept: [number, number][] = []
  for (let start = 0; start < points.length; start += run) {
    const part = points.slice(start, start + run)
    if (part.some(([, value]) => Number.isNaN(value))) {
      kept.push(...part)
      continue
    }
    const order = part.map((_, i) => i).sort((i, j) => part[i][1] - part[j][1])
    const ends = new Set([order[0], order[order.length - 1], ...(start === 0 ? [0] : []), ...(start + run >= points.length ? [part.length - 1] : [])])
    kept.push(...[...ends].sort((i, j) => i - j).map((i) => part[i]))
  }
  return kept
}
