import { plotMarks } from './marks.ts'
import { heatColors } from './heat.ts'
import { faint, ink, isDashed } from './palette.ts'
import { axisLabelSize, lineHeight, tickSize } from './panel.ts'
import type { ColorScale, KeyEntry, Layout } from './panel.ts'
import { labelSize } from './labels.ts'
import { plotting } from './plot.ts'
import { escapeMarkup, widest } from './text.ts'

/** The SVG of a panel whose frame begins `top` px (at least its own height of title and key) below its upper edge. Ids are `plot-clip-…` as Plot numbers them: to be replaced. */
export function panelSvg(layout: Layout, top: number): string {
  const { frame, left, titleLines, xLines, yLines } = layout
  const keyTop = titleLines.length * 17
  const below = top + frame.height + 22
  return [
    ...titleLines.map((line, k) => textSvg(line, left, 13 + 17 * k, { size: 13, weight: 'bold' })),
    keySvg(layout, keyTop),
    plotSvg(layout, top),
    layout.colorScale === undefined ? '' : colorScaleSvg(layout.colorScale, layout, top),
    labelsSvg(layout, top),
    ...xLines.map((line, k) => textSvg(line, left + frame.width / 2, below + 11 + lineHeight * k, { size: axisLabelSize, anchor: 'middle' })),
    rotatedSvg(yLines, 11, top + frame.height / 2),
    ...layout.notes.map((line, k) => textSvg(line, left, below + (xLines.length + k) * lineHeight + 12, { size: tickSize, color: faint })),
  ].join('')
}

export interface TextStyle {
  size: number
  anchor?: 'start' | 'middle' | 'end'
  color?: string
  weight?: 'bold'
  /** A white edge, for text over marks. */
  halo?: boolean
}

export function textSvg(text: string, x: number, y: number, style: TextStyle): string {
  const attributes = [
    `x="${round(x)}" y="${round(y)}" font-size="${style.size}"`,
    style.anchor === undefined || style.anchor === 'start' ? '' : `text-anchor="${style.anchor}"`,
    style.color === undefined ? '' : `fill="${style.color}"`,
    style.weight === undefined ? '' : `font-weight="${style.weight}"`,
    style.halo === true ? 'stroke="#ffffff" stroke-opacity="0.9" stroke-width="3" stroke-linejoin="round" paint-order="stroke"' : '',
  ]
  return `<text ${attributes.filter((part) => part !== '').join(' ')}>${escapeMarkup(text)}</text>`
}

function rotatedSvg(lines: string[], x: number, y: number): string {
  const texts = lines.map((line, k) => textSvg(line, 0, lineHeight * k, { size: axisLabelSize, anchor: 'middle' }))
  return `<g transform="translate(${round(x)},${round(y)}) rotate(-90)">${texts.join('')}</g>`
}

/** Grid, axes and marks, by Observable Plot. */
function plotSvg(layout: Layout, top: number): string {
  const { panel, frame, left } = layout
  const { Plot, document } = plotting()
  const axis = (of: typeof frame.x, range: [number, number]) => ({ type: of.type, domain: of.domain, range, axis: null })
  const tick = (of: typeof frame.x) => ({ text: of.texts, label: null, tickSize: 5, fontSize: tickSize })
  const mapped = panel.marks.some((mark) => mark.kind === 'heat')
  const svg = Plot.plot({
    document: document as never,
    width: left + frame.width + 1,
    height: top + frame.height + 1,
    marginLeft: left,
    marginTop: top,
    marginRight: 1,
    marginBottom: 1,
    x: axis(frame.x, [left, left + frame.width]),
    y: axis(frame.y, [top + frame.height, top]),
    marks: [
      ...(mapped ? [] : [Plot.gridX(frame.x.ticks, { strokeOpacity: 0.12 }), Plot.gridY(frame.y.ticks, { strokeOpacity: 0.12 })]),
      ...panel.marks.flatMap((mark, k) => plotMarks(mark, layout.inks[k], frame)),
      Plot.frame({ stroke: '#999999' }),
      Plot.axisX(frame.x.ticks, tick(frame.x)),
      Plot.axisY(frame.y.ticks, tick(frame.y)),
    ],
  }) as unknown as { outerHTML: string }
  const inner = svg.outerHTML.replace(/^<svg[^>]*>/, '').replace(/<\/svg>$/, '').replace(/<style>[^]*?<\/style>/, '')
  const plain = inner.replaceAll('currentColor', ink).replaceAll('var(--plot-background)', '#ffffff')
  return `<g text-anchor="middle" font-size="10">${plain}</g>`
}

function labelsSvg({ panel, labels, inks, left }: Layout, top: number): string {
  return labels.inside.map((placed, k) => {
    if (placed === undefined) return ''
    const color = panel.marks[k].kind === 'text' ? ink : inks[k].text
    return textSvg(placed.text, left + placed.x, top + placed.y, { size: labelSize, anchor: 'middle', color, halo: true })
  }).join('')
}

function keySvg(layout: Layout, top: number): string {
  let y = top
  const rows = layout.keyRows.map((row) => {
    let x = layout.left
    const entries = row.map((entry) => {
      const part = keyEntrySvg(entry, layout, x, y)
      x += entry.width
      return part
    })
    y += lineHeight * Math.max(...row.map((entry) => entry.lines.length))
    return entries.join('')
  })
  return rows.join('')
}

function keyEntrySvg(entry: KeyEntry, { panel, inks }: Layout, x: number, y: number): string {
  const mark = panel.marks[entry.mark]
  const color = inks[entry.mark]
  const [from, middle] = [round(x), round(y + 7)]
  const dashes = isDashed(mark, color) ? ' stroke-dasharray="6 4"' : ''
  const swatch = mark.kind === 'points' ? `<circle cx="${round(x + 11)}" cy="${middle}" r="3" fill="${color.line}"/>`
    : mark.kind === 'band' ? `<rect x="${from}" y="${round(y + 2)}" width="22" height="10" fill="${color.line}" fill-opacity="0.22"/>`
      : `<path d="M${from},${middle}h22" stroke="${color.line}" stroke-width="1.8"${dashes}/>`
  return swatch + entry.lines.map((line, k) => textSvg(line, x + 28, y + 11 + lineHeight * k, { size: labelSize, color: color.text })).join('')
}

/** The colours of a heat map beside the frame, with their values. */
function colorScaleSvg(scale: ColorScale, { panel, frame, left }: Layout, top: number): string {
  const diverging = panel.marks.some((mark) => mark.kind === 'heat' && mark.diverging === true)
  const colors = heatColors(diverging).filter((_, k) => k % 2 === 0)
  const x = left + frame.width + 14
  const step = frame.height / colors.length
  // Each colour reaches below the next one, so that no seam shows between them.
  const bars = colors.map((color, k) => {
    const y = top + frame.height - (k + 1) * step
    return `<rect x="${round(x)}" y="${round(y)}" width="12" height="${round(step * (k === 0 ? 1 : 2))}" fill="${color}"/>`
  })
  const place = (value: number): number => top + frame.height * (1 - (value - scale.range[0]) / (scale.range[1] - scale.range[0]))
  const ticks = scale.ticks.map((tick, k) =>
    `<path d="M${round(x + 12)},${round(place(tick))}h4" stroke="${ink}"/>${textSvg(scale.texts[k], x + 19, place(tick) + 4, { size: tickSize })}`)
  const edge = x + 12 + 8 + widest(scale.texts, tickSize) + 12
  return bars.join('') + ticks.join('') + rotatedSvg(scale.lines, edge, top + frame.height / 2)
}

/** Coordinates to a hundredth of a px. */
export function round(value: number): string {
  return String(Number(value.toFixed(2)))
}
