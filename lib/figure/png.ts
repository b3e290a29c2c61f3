import { createRequire } from 'node:module'
import { finite, refuse } from '../core/arguments.ts'
import type { Figure } from './figure.ts'
import { svgOf } from './svg.ts'
import type { SvgOptions } from './svg.ts'

export interface PngOptions extends SvgOptions {
  /** Pixels for each px of the drawing, default 2. */
  scale?: number
}

const load = createRequire(import.meta.url)

/**
 * The figure as the bytes of a PNG file, `width · scale` pixels wide, with the DejaVu fonts that come with the package: no font of the machine enters.
 * @throws ArgumentError as renderSvg does, or on a scale outside 0.25 to 8
 */
export function renderPng(figure: Figure, given: PngOptions = {}): Uint8Array {
  const svg = svgOf('renderPng', figure, given, ['width', 'scale'])
  const scale = given.scale ?? 2
  if (!(finite('renderPng', 'scale', scale) >= 0.25 && scale <= 8)) refuse('renderPng', 'scale', 'a number from 0.25 to 8', scale)
  const { Resvg } = load('@resvg/resvg-js') as typeof import('@resvg/resvg-js')
  const fontFiles = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((file) => load.resolve(`dejavu-fonts-ttf/ttf/${file}`))
  const font = { loadSystemFonts: false, fontFiles, defaultFontFamily: 'DejaVu Sans' }
  return Uint8Array.from(new Resvg(svg, { font, fitTo: { mode: 'zoom', value: scale }, logLevel: 'off' }).render().asPng())
}
