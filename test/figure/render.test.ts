import { createRequire } from 'node:module'
import { inflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Figure, Mark } from '../../lib/figure/figure.ts'
import { inks } from '../../lib/figure/palette.ts'
import { renderPng } from '../../lib/figure/png.ts'
import { renderSvg } from '../../lib/figure/svg.ts'
import { crowd, curves, maps } from './examples.ts'

const examples: [string, Figure][] = [['curves', curves], ['maps', maps], ['crowd', crowd]]

function single(...marks: Mark[]): Figure {
  return { title: 'A figure', panels: [{ x: { label: 'x' }, y: { label: 'y' }, marks }] }
}

interface Element {
  textContent: string
  getAttribute(name: string): string | null
  querySelectorAll(selector: string): Iterable<Element>
}

function parsed(svg: string): Element {
  const { DOMParser } = createRequire(import.meta.url)('linkedom')
  return new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement
}

function texts(svg: string): string[] {
  return Array.from(parsed(svg).querySelectorAll('text'), (element) => element.textContent)
}

const idsOf = (svg: string): string[] => Array.from(svg.matchAll(/ id="([^"]*)"/g), (match) => match[1])

describe.each(examples)('%s', (_, figure) => {
  test('stands alone: no style sheets, scripts or references to anything outside', () => {
    const svg = renderSvg(figure)
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/)
    expect(svg).not.toMatch(/<style|<script|class=|currentColor|var\(|NaN/)
    for (const [, target] of svg.matchAll(/href="([^"]*)"/g)) expect(target).toMatch(/^data:image\/png;base64,/)
    for (const [, target] of svg.matchAll(/url\(([^)]*)\)/g)) expect(idsOf(svg)).toContain(target.slice(1))
  })

  test('is the same text and the same bytes every time, whatever was drawn before', () => {
    const svg = renderSvg(figure)
    renderSvg(curves)
    expect(renderSvg(figure)).toBe(svg)
    expect(Buffer.from(renderPng(figure, { scale: 0.5 })).equals(renderPng(figure, { scale: 0.5 }))).toBe(true)
  })

  test('is left as it was', () => {
    const before = structuredClone(figure)
    renderSvg(figure)
    expect(figure).toEqual(before)
  })

  test('shows all of its words', () => {
    const shown = texts(renderSvg(figure)).join(' ')
    const words = figure.panels.flatMap((panel) => [panel.title ?? '', panel.x.label, panel.y.label, ...panel.marks.map((mark) =>
      mark.kind === 'text' ? mark.text : mark.label ?? '')])
    for (const word of [figure.title, ...words]) expect(shown).toContain(word)
  })

  test('keeps every text inside the drawing', () => {
    const svg = renderSvg(figure, { width: 700 })
    const height = Number(parsed(svg).getAttribute('height'))
    for (const match of svg.matchAll(/<g transform="translate\(([\d.]+),([\d.]+)\)"><text x="([-\d.]+)" y="([-\d.]+)"/g)) {
      const [x, y, dx, dy] = match.slice(1).map(Number)
      expect(x + dx).toBeGreaterThanOrEqual(0)
      expect(x + dx).toBeLessThan(700)
      expect(y + dy).toBeLessThan(height)
    }
  })
})

test('several figures in one page share no id', () => {
  const ids = examples.flatMap(([, figure]) => [...idsOf(renderSvg(figure)), ...idsOf(renderSvg(figure, { width: 420 }))])
  expect(ids.length).toBeGreaterThan(4)
  expect(new Set(ids).size).toBe(ids.length)
})

test('a PNG has the asked width, and letters without any font of the machine', () => {
  const png = Buffer.from(renderPng(curves, { width: 600, scale: 1.5 }))
  expect(png.subarray(1, 4).toString()).toBe('PNG')
  expect(png.readUInt32BE(16)).toBe(900)
  const titled = (title: string): Uint8Array => renderPng({ ...single({ kind: 'line', x: [0, 1], y: [0, 1] }), title }, { scale: 1 })
  expect(Buffer.from(titled('AAAA')).equals(titled('BBBB'))).toBe(false)
})

test('markup in texts is shown as it stands', () => {
  const hostile = '</text><script>alert(1)</script> & "quotes" \'\u0000'
  const svg = renderSvg({ ...single({ kind: 'line', x: [0, 1], y: [0, 1], label: hostile }), title: hostile })
  expect(svg).not.toContain('<script')
  expect(texts(svg).join(' ')).toContain('</text><script>alert(1)</script> & "quotes"')
  expect(() => renderPng({ ...single({ kind: 'line', x: [0, 1], y: [0, 1] }), title: hostile })).not.toThrow()
})

test('gaps break the line and are counted in a note', () => {
  const svg = renderSvg(single({ kind: 'line', x: [0, 1, 2, 3, 4], y: [0, 1, NaN, 1, 2], label: 'u' }))
  expect(texts(svg).join(' ')).toContain('Gaps: u, 1 of 5 values missing.')
  const path = /aria-label="line"[^]*?<path d="([^"]*)"/.exec(svg)![1]
  expect(path.match(/M/g)).toHaveLength(2)
  expect(texts(renderSvg(single({ kind: 'line', x: [0, 1], y: [0, 1] }))).join(' ')).not.toContain('Gaps')
})

test('a long line is thinned without losing its extremes', () => {
  const x = Array.from({ length: 100_000 }, (_, i) => i)
  const y = x.map((i) => (i === 54_321 ? 7 : i === 12_345 ? -7 : Math.sin(i)))
  const svg = renderSvg(single({ kind: 'line', x, y }))
  const heights = Array.from(/aria-label="line"[^]*?<path d="([^"]*)"/.exec(svg)![1].matchAll(/,([\d.]+)/g), (match) => Number(match[1]))
  expect(heights.length).toBeLessThan(5000)
  const [low, high] = [Math.min(...heights), Math.max(...heights)]
  // The extremes are 14 apart, the other values 2.
  expect(heights.filter((height) => height < low + (high - low) / 4)).toHaveLength(1)
  expect(heights.filter((height) => height > high - (high - low) / 4)).toHaveLength(1)
})

test('a map has axis 0 along x and the second axis upwards', () => {
  const values = (of: (i: number, j: number) => number): number[] => Array.from({ length: 6 }, (_, k) => of(Math.floor(k / 3), k % 3))
  const pixels = (list: number[]): { width: number; rows: Buffer } => {
    const svg = renderSvg(single({ kind: 'heat', x: [0, 1], y: [0, 1], shape: [2, 3], values: list, label: 'f' }))
    const png = Buffer.from(/href="data:image\/png;base64,([^"]*)"/.exec(svg)![1], 'base64')
    const start = png.indexOf('IDAT')
    return { width: png.readUInt32BE(16), rows: inflateSync(png.subarray(start + 4, start + 4 + png.readUInt32BE(start - 4))) }
  }
  const along = pixels(values((i) => i))
  expect([along.rows[1], along.rows[along.width]]).toEqual([0, 254])
  const up = pixels(values((_, j) => j))
  expect([up.rows[1], up.rows[up.rows.length - 1]]).toEqual([254, 0])
  const gap = pixels([NaN, 1, 2, 0, 1, 2])
  expect(gap.rows[gap.rows.length - gap.width]).toBe(255)
})

test('level lines lie where the values pass the level', () => {
  // f = x on 5 × 4 nodes of [0, 1] × [0, 2]: the level ½ is the middle of the frame.
  const values = Array.from({ length: 20 }, (_, k) => Math.floor(k / 4) / 4)
  const svg = renderSvg(single({ kind: 'contours', x: [0, 1], y: [0, 2], shape: [5, 4], values, levels: 2 }), { width: 500 })
  const [height, width, top, left] = /<rect height="([\d.]+)" width="([\d.]+)" y="([\d.]+)" x="([\d.]+)"/.exec(svg)!.slice(1).map(Number)
  const path = /aria-label="contour"[^]*?<path d="([^"]*)"/.exec(svg)![1]
  const spots = Array.from(path.matchAll(/[ML]([\d.-]+),([\d.-]+)/g), (match) => [Number(match[1]), Number(match[2])])
  // The polygon above the level closes outside the frame, which clips it.
  const inside = spots.filter(([px, py]) => px > left && px < left + width - 1 && py > top && py < top + height - 1)
  expect(inside.length).toBeGreaterThanOrEqual(2)
  // Plot shifts shapes by half a px.
  for (const [px] of inside) expect(Math.abs(px - (left + width / 2))).toBeLessThan(0.6)
})

test('logarithmic axes are ticked with powers of ten, never with prefixes', () => {
  const svg = renderSvg({ title: 'T', panels: [{
    x: { label: 'n', type: 'log' }, y: { label: 'error', type: 'log' },
    marks: [{ kind: 'line', x: [1, 1e6], y: [1e-9, 1] }],
  }] })
  const shown = texts(svg)
  expect(shown).toEqual(expect.arrayContaining(['10⁰', '10⁶', '10⁻⁸']))
  expect(shown.filter((word) => /\d[kMmµn]$/.test(word))).toEqual([])
})

test('texts in the colours of marks have a contrast of at least 4.5 on white', () => {
  const light = (part: string): number => {
    const value = parseInt(part, 16) / 255
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  const marks = Array.from({ length: 14 }, (_, k): Mark => ({ kind: 'line', x: [0], y: [0], label: `${k}` }))
  const colors = inks({ x: { label: 'x' }, y: { label: 'y' }, marks })
  for (const { text } of colors) {
    const [red, green, blue] = [1, 3, 5].map((k) => light(text.slice(k, k + 2)))
    expect(1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)).toBeGreaterThanOrEqual(4.5)
  }
  // Colours come round again with dashes: no two of the fourteen look alike.
  expect(new Set(colors.map(({ line, repeated }) => `${line} ${repeated}`)).size).toBe(14)
})
