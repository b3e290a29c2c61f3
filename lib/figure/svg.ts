import { createHash } from 'node:crypto'
import { finite, options, refuse } from '../core/arguments.ts'
import { checkFigure } from './check.ts'
import type { Figure } from './figure.ts'
import { layoutPanel } from './panel.ts'
import type { Layout } from './panel.ts'
import { panelSvg, textSvg } from './panel-svg.ts'
import { escapeMarkup, wrap } from './text.ts'

export interface SvgOptions {
  /** Width in px, default 960; the height follows. */
  width?: number
}

const margin = 16
const between = 24

/**
 * The figure as a self-contained SVG document: no scripts, style sheets or references to other files; its ids are made from its
 * content, so that several figures can stand in one page; the same figure always gives the same text.
 * @throws ArgumentError on a figure that cannot be shown (no or empty panels, unequal lengths, numbers that are not finite, values that are
 * not positive on a logarithmic axis, unknown marks) or a width under 240
 */
export function renderSvg(figure: Figure, given: SvgOptions = {}): string {
  return svgOf('renderSvg', figure, given, ['width'])
}

export function svgOf(where: string, figure: Figure, given: SvgOptions, known: string[]): string {
  options(where, given, known)
  const width = given.width ?? 960
  if (!(finite(where, 'width', width) >= 240 && width <= 10000)) refuse(where, 'width', 'a number from 240 to 10000', width)
  checkFigure(where, figure)
  const head = headSvg(figure, width)
  const columns = Math.min(figure.columns ?? 2, figure.panels.length)
  const panelWidth = (width - 2 * margin - (columns - 1) * between) / columns
  const layouts = figure.panels.map((panel, k) => layoutPanel(where, panel, `panels[${k}]`, panelWidth))
  let y = head.height
  const rows: string[] = []
  for (let first = 0; first < layouts.length; first += columns) {
    const row = layouts.slice(first, first + columns)
    const top = Math.max(...row.map((layout) => layout.top))
    row.forEach((layout, k) => rows.push(placedSvg(layout, margin + k * (panelWidth + between), y, top)))
    y += top + Math.max(...row.map((layout) => layout.frame.height + layout.bottom)) + 10
  }
  return identified(rootSvg(figure.title, width, Math.ceil(y), head.svg + rows.join('')))
}

function placedSvg(layout: Layout, x: number, y: number, top: number): string {
  return `<g transform="translate(${x.toFixed(2)},${y.toFixed(2)})">${panelSvg(layout, top)}</g>`
}

function headSvg({ title, caption }: Figure, width: number): { svg: string; height: number } {
  const lines = wrap(title, width - 2 * margin, 17)
  const words = wrap(caption ?? '', width - 2 * margin, 12.5)
  const svg = [
    ...lines.map((line, k) => textSvg(line, margin, margin + 14 + 22 * k, { size: 16, weight: 'bold' })),
    ...words.map((line, k) => textSvg(line, margin, margin + 22 * lines.length + 11 + 17 * k, { size: 12, color: '#444444' })),
  ]
  return { svg: svg.join(''), height: margin + 22 * lines.length + 17 * words.length + 10 }
}

function rootSvg(title: string, width: number, height: number, content: string): string {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`
  const font = `font-family="'DejaVu Sans', Verdana, sans-serif" fill="#222222"`
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escapeMarkup(title)}" ${size} ${font}>` +
    `<rect width="${width}" height="${height}" fill="#ffffff"/>${content}</svg>\n`
}

/** Replaces the running numbers in Plot's ids by a digest of the drawing. */
function identified(svg: string): string {
  const numbers = [...new Set(svg.match(/plot-clip-\d+(?=")/g) ?? [])]
  const pattern = /((?:id="|url\(#))(plot-clip-\d+)(?=[")])/g
  const named = svg.replace(pattern, (_, before: string, id: string) => `${before}clip-${numbers.indexOf(id)}`)
  const digest = createHash('sha256').update(named).digest('hex').slice(0, 10)
  return named.replace(/((?:id="|url\(#))clip-(\d+)(?=[")])/g, `$1figure-${digest}-clip-$2`)
}
