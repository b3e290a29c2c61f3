import { linearTicks, scaleOf, tickTexts } from './axis.ts'
import type { Scale } from './axis.ts'
import type { Mark, Panel } from './figure.ts'
import { extentOf, needsRoom } from './geometry.ts'
import type { Frame } from './geometry.ts'
import { heatRange } from './heat.ts'
import type { Heat } from './heat.ts'
import { labelSize, placeLabels } from './labels.ts'
import type { Labels } from './labels.ts'
import { inks } from './palette.ts'
import type { Ink } from './palette.ts'
import { contourLevels } from './marks.ts'
import { numberText, widest, wrap } from './text.ts'

export const tickSize = 11
export const axisLabelSize = 12
export const lineHeight = 15

/** A panel with every size decided, in px from its own top left corner. */
export interface Layout {
  panel: Panel
  inks: Ink[]
  frame: Frame
  left: number
  /** Height above the frame: title and key. */
  top: number
  /** Height below the frame: ticks, axis label, notes. */
  bottom: number
  titleLines: string[]
  xLines: string[]
  yLines: string[]
  labels: Labels
  keyRows: KeyEntry[][]
  notes: string[]
  colorScale?: ColorScale
}

export interface KeyEntry {
  mark: number
  lines: string[]
  width: number
}

export interface ColorScale {
  range: [number, number]
  ticks: number[]
  texts: string[]
  lines: string[]
}

const barSpace = 14 + 12 + 8

export function layoutPanel(where: string, panel: Panel, name: string, width: number): Layout {
  const heat = panel.marks.find((mark): mark is Heat => mark.kind === 'heat')
  const scale = (axis: 'x' | 'y', padding: number, count: number) =>
    scaleOf(where, `${name}.${axis}`, panel[axis], extentOf(panel, axis), padding, count)
  const mapped = heat !== undefined || panel.marks.some((mark) => mark.kind === 'contours')
  const y = scale('y', mapped ? 0 : 0.06, 6)
  const left = widest(y.texts, tickSize) + 12
  // The label of y is at most as long as the least height of a frame, the title at most as wide as the panel.
  const yLines = wrap(panel.y.label, 230, axisLabelSize)
  const leftAll = left + yLines.length * lineHeight + 4
  const bar = heat === undefined ? undefined : colorScaleOf(heat)
  const right = bar === undefined ? 16
    : barSpace + widest(bar.texts, tickSize) + bar.lines.length * lineHeight + 8
  const room = Math.max(60, width - leftAll - right)
  const x = fittingScale(room, (count) => scale('x', !mapped && needsRoom(panel) ? 0.04 : 0, count))
  const frame = { x, y, ...frameSize(room, mapped, x.domain, y.domain) }
  const labels = placeLabels(panel, frame)
  const keyRows = rowsOf(labels.key.map((mark) => keyEntry(panel.marks[mark], mark, width - leftAll)), width - leftAll)
  const titleLines = wrap(panel.title ?? '', width - leftAll, 13)
  const notes = gapNotes(panel).flatMap((note) => wrap(note, width - leftAll, tickSize))
  const keyLines = keyRows.reduce((sum, row) => sum + Math.max(...row.map((entry) => entry.lines.length)), 0)
  const xLines = wrap(panel.x.label, frame.width, axisLabelSize)
  return {
    panel, inks: inks(panel), frame, left: leftAll, titleLines, xLines, yLines, labels, keyRows, notes, colorScale: bar,
    top: titleLines.length * 17 + keyLines * lineHeight + 8,
    bottom: 22 + xLines.length * lineHeight + notes.length * lineHeight + 6,
  }
}

/** The scale with the most ticks, up to about ten, whose texts stand apart from each other. */
function fittingScale(room: number, scale: (count: number) => Scale): Scale {
  for (let count = Math.min(10, Math.floor(room / 60)); count > 2; count--) {
    const fitting = scale(count)
    if ((widest(fitting.texts, tickSize) + 12) * (fitting.texts.length - 1) <= room) return fitting
  }
  return scale(2)
}

/** Maps keep the proportions of their axes where these are within 2.5 : 1. */
function frameSize(room: number, mapped: boolean, x: [number, number], y: [number, number]): { width: number; height: number } {
  if (!mapped) return { width: room, height: Math.round(Math.min(400, Math.max(240, 0.64 * room))) }
  const proportion = (y[1] - y[0]) / (x[1] - x[0])
  if (proportion < 0.4 || proportion > 2.5) return { width: room, height: Math.round(Math.min(400, Math.max(240, 0.7 * room))) }
  const height = Math.min(440, room * proportion)
  return { width: Math.round(height / proportion), height: Math.round(height) }
}

function colorScaleOf(heat: Heat): ColorScale {
  const range = heatRange(heat)
  const ticks = linearTicks(range, 6)
  return { range, ticks, texts: tickTexts(ticks), lines: wrap(heat.label, 230, axisLabelSize) }
}

function keyEntry(mark: Mark, index: number, width: number): KeyEntry {
  const label = 'label' in mark ? mark.label! : ''
  const lines = wrap(mark.kind === 'contours' ? `${label}${levelsNote(mark)}` : label, width - 30, labelSize)
  return { mark: index, lines, width: 28 + widest(lines, labelSize) + 14 }
}

function levelsNote(mark: Extract<Mark, { kind: 'contours' }>): string {
  const levels = contourLevels(mark)
  if (levels.length === 0) return ' (no level lines: constant)'
  if (levels.length === 1) return ` (level ${numberText(levels[0])})`
  return ` (levels ${numberText(levels[0])} to ${numberText(levels[levels.length - 1])}, ${numberText(levels[1] - levels[0])} apart)`
}

function rowsOf(entries: KeyEntry[], width: number): KeyEntry[][] {
  const rows: KeyEntry[][] = []
  let used = Infinity
  for (const entry of entries) {
    if (used + entry.width > width) {
      rows.push([])
      used = 0
    }
    rows[rows.length - 1].push(entry)
    used += entry.width
  }
  return rows
}

/** One note for each mark with gaps, so that none passes unseen. */
function gapNotes(panel: Panel): string[] {
  return panel.marks.flatMap((mark) => {
    const lists = mark.kind === 'line' ? [mark.y] : mark.kind === 'band' ? [mark.low, mark.high] : mark.kind === 'heat' ? [mark.values] : []
    if (lists.length === 0) return []
    const size = lists[0].length
    let missing = 0
    for (let i = 0; i < size; i++) if (lists.some((list) => Number.isNaN(list[i]))) missing++
    const name = 'label' in mark && mark.label !== undefined ? mark.label : mark.kind
    return missing === 0 ? [] : [`Gaps: ${name}, ${missing} of ${size} values missing${mark.kind === 'heat' ? ' (grey)' : ''}.`]
  })
}
