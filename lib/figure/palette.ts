import type { Mark, Panel } from './figure.ts'

/** Okabe & Ito (2008), with the colours that are legible as lines on white first; the yellow is left out, it is not. */
const lines = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000']
/** The same hues, darkened to a contrast of at least 4.5 on white, for text. */
const texts = ['#00639b', '#ad4c00', '#00734f', '#a0457a', '#8a5f00', '#1b6f9f', '#000000']

export interface Ink {
  line: string
  text: string
  /** The palette has begun again: dashes tell the marks apart. */
  repeated: boolean
}

export const ink = '#222222'
export const faint = '#666666'
/** Missing values of a heat map. */
export const gapColor = '#bdbdbd'

const neutral: Ink = { line: '#555555', text: '#444444', repeated: false }

/** The colour of each mark of a panel: its own, or its place among the labelled marks; unlabelled rules and contours are grey. */
export function inks(panel: Panel): Ink[] {
  let place = 0
  return panel.marks.map((mark) => {
    if (mark.kind === 'text' || mark.kind === 'heat') return neutral
    const own = place
    if (mark.label !== undefined) place++
    if (mark.color !== undefined) return paletteInk(mark.color)
    return mark.label === undefined && (mark.kind === 'rule' || mark.kind === 'contours') ? neutral : paletteInk(own)
  })
}

function paletteInk(index: number): Ink {
  const k = index % lines.length
  return { line: lines[k], text: texts[k], repeated: index >= lines.length }
}

export function isDashed(mark: Mark, color: Ink): boolean {
  return 'dashed' in mark && mark.dashed !== undefined ? mark.dashed : color.repeated
}
