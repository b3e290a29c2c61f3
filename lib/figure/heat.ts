import { crc32, deflateSync } from 'node:zlib'
import type { Mark } from './figure.ts'
import { gapColor } from './palette.ts'
import { plotting } from './plot.ts'

export type Heat = Extract<Mark, { kind: 'heat' }>

/** The last of 256 palette entries is the colour of gaps. */
const levels = 255

/** The values at the ends of the colour scale: the mark's own range, or that of its values, symmetric when diverging. */
export function heatRange(mark: Heat): [number, number] {
  if (mark.range !== undefined) return mark.range
  let [low, high] = [Infinity, -Infinity]
  for (const value of mark.values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  if (mark.diverging === true) {
    const size = Math.max(Math.abs(low), Math.abs(high)) || 1
    return [-size, size]
  }
  const size = Math.max(Math.abs(low), Math.abs(high))
  return high - low > 1e-12 * size ? [low, high] : [low - (0.1 * size || 1), high + (0.1 * size || 1)]
}

/** `levels` colours, legible to the colour blind: viridis, or blue through white to red. */
export function heatColors(diverging: boolean): string[] {
  const { Plot } = plotting()
  const color = Plot.scale({ color: { type: 'linear', domain: [0, levels - 1], scheme: diverging ? 'rdbu' : 'viridis', reverse: diverging } })
  return Array.from({ length: levels }, (_, i) => hexadecimal(color!.apply(i) as string))
}

function hexadecimal(color: string): string {
  const parts = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(color)
  return parts === null ? color : `#${parts.slice(1).map((part) => Number(part).toString(16).padStart(2, '0')).join('')}`
}

/** The map as a PNG of `width` × `height` pixels, bilinear between the nodes, as a data URL. */
export function heatImage(mark: Heat, colors: string[], width: number, height: number): string {
  const [low, high] = heatRange(mark)
  const rows = Buffer.alloc(height * (width + 1))
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const value = between(mark, (column + 0.5) / width, 1 - (row + 0.5) / height)
      const level = Math.min(levels - 1, Math.max(0, Math.floor(((value - low) / (high - low)) * levels)))
      rows[row * (width + 1) + 1 + column] = Number.isNaN(value) ? levels : level
    }
  }
  return `data:image/png;base64,${png(width, height, [...colors, gapColor], rows).toString('base64')}`
}

/** The value at a place of the unit square; a gap wherever one of its neighbours is one. */
function between({ shape: [n, m], values }: Heat, s: number, t: number): number {
  const i = Math.min(n - 2, Math.floor(s * (n - 1)))
  const j = Math.min(m - 2, Math.floor(t * (m - 1)))
  const [a, b] = [s * (n - 1) - i, t * (m - 1) - j]
  const k = i * m + j
  return (1 - a) * ((1 - b) * values[k] + b * values[k + 1]) + a * ((1 - b) * values[k + m] + b * values[k + m + 1])
}

function png(width: number, height: number, colors: string[], rows: Buffer): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 3, 0, 0, 0], 8)
  const palette = Buffer.from(colors.map((color) => color.slice(1)).join(''), 'hex')
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', header), chunk('PLTE', palette), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  body.copy(framed, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}
