import { describe, expect, test } from 'vitest'
import { ArgumentError } from '../../lib/core/errors.ts'
import { renderPng } from '../../lib/figure/png.ts'
import { renderSvg } from '../../lib/figure/svg.ts'

const line = { kind: 'line', x: [0, 1], y: [1, 2] }
const grid = { x: [0, 1], y: [0, 1], shape: [2, 2], values: [1, 2, 3, 4] }
const figure = (mark: object, more: object = {}): object =>
  ({ title: 'T', panels: [{ x: { label: 'x' }, y: { label: 'y' }, marks: [mark], ...more }] })
const log = { y: { label: 'y', type: 'log' } }

const bad: [string, unknown, RegExp][] = [
  ['no figure', undefined, /figure must be an object with title.*got undefined/],
  ['no title', { panels: [] }, /figure.title must be a non-empty string, got undefined/],
  ['no panels', { title: 'T', panels: [] }, /figure.panels must be a list of at least one panel, got \[\]/],
  ['an empty panel', { title: 'T', panels: [{ x: { label: 'x' }, y: { label: 'y' }, marks: [] }] }, /panels\[0\].marks must be a list of at least one mark/],
  ['rules alone', figure({ kind: 'rule', axis: 'x', at: 1 }), /marks with data/],
  ['no columns', { ...figure(line), columns: 0 }, /figure.columns must be an integer of at least 1, got 0/],
  ['an unknown name', { ...figure(line), colums: 2 }, /did you mean columns\?\), got colums/],
  ['an axis without label', figure(line, { x: {} }), /panels\[0\].x.label must be a non-empty string/],
  ['an unknown axis', figure(line, { x: { label: 'x', type: 'logarithmic' } }), /panels\[0\].x.type must be one of 'linear', 'log'/],
  ['a turned domain', figure(line, { x: { label: 'x', domain: [1, 0] } }), /domain\[1\] must be greater than/],
  ['a log domain from 0', figure(line, { x: { label: 'x', type: 'log', domain: [0, 1] } }), /domain\[0\] must be a positive finite number, got 0/],
  ['an unknown mark', figure({ kind: 'lines', x: [0], y: [0] }), /marks\[0\].kind must be one of .*did you mean 'line'\?\), got "lines"/],
  ['no mark', figure(null as never), /marks\[0\] must be a mark, got null/],
  ['an unknown mark option', figure({ ...line, colour: 1 }), /did you mean color\?\), got colour/],
  ['unequal lengths', figure({ kind: 'line', x: [0, 1, 2], y: [1, 2] }), /marks\[0\].y must be a list of 3 numbers, got "2 of them"/],
  ['no points', figure({ kind: 'points', x: [], y: [] }), /marks\[0\].x must be a list of at least one number/],
  ['an infinite value', figure({ kind: 'line', x: [0, 1], y: [1, Infinity] }), /y\[1\] must be a finite number or NaN, a gap, got Infinity/],
  ['a gap in x', figure({ kind: 'line', x: [0, NaN], y: [1, 2] }), /x\[1\] must be a finite number, got NaN/],
  ['a gap among points', figure({ kind: 'points', x: [0], y: [NaN] }), /y\[0\] must be a finite number, got NaN/],
  ['nothing but gaps', figure({ kind: 'line', x: [0, 1], y: [NaN, NaN] }), /a list with a number that is not NaN, got "2 gaps"/],
  ['a text for a number', figure({ kind: 'line', x: [0, 1], y: [1, '2'] }), /y\[1\] must be a finite number/],
  ['0 on a log axis', figure({ kind: 'line', x: [0, 1], y: [1, 0] }, log), /y\[1\] must be positive on a logarithmic axis, got 0/],
  ['a rule at −1 on a log axis', figure(line, { ...log, marks: [line, { kind: 'rule', axis: 'y', at: -1 }] }), /at must be positive/],
  ['a negative error bar', figure({ kind: 'points', x: [0], y: [1], errors: [-1] }), /errors\[0\] must be a non-negative number, got -1/],
  ['a band too short', figure({ kind: 'band', x: [0, 1], low: [0, 0], high: [1] }), /high must be a list of 2 numbers/],
  ['a colour below 0', figure({ ...line, color: -1 }), /color must be an integer of at least 0/],
  ['a width of 0', figure({ ...line, width: 0 }), /width must be a positive finite number/],
  ['an empty text', figure(line, { marks: [line, { kind: 'text', x: 0, y: 0, text: '' }] }), /text must be a non-empty string/],
  ['a map of the wrong size', figure({ kind: 'heat', ...grid, shape: [2, 3], label: 'f' }), /values must be a list of 6 numbers/],
  ['a map one node wide', figure({ kind: 'heat', ...grid, shape: [1, 4], label: 'f' }), /shape\[0\] must be an integer of at least 2/],
  ['a map without label', figure({ kind: 'heat', ...grid }), /label must be a non-empty string/],
  ['a map on a log axis', figure({ kind: 'heat', ...grid, label: 'f' }, log), /the y axis under panels\[0\].marks\[0\] must be of type 'linear'/],
  ['two maps', figure(line, { marks: [1, 2].map(() => ({ kind: 'heat', ...grid, label: 'f' })) }), /at most one heat map/],
  ['gaps under level lines', figure({ kind: 'contours', ...grid, values: [1, 2, 3, NaN] }), /values\[3\] must be a finite number, got NaN/],
  ['no levels', figure({ kind: 'contours', ...grid, levels: 0 }), /levels must be an integer of at least 1/],
  ['an extent that overflows', figure({ kind: 'line', x: [-1.7e308, 1.7e308], y: [0, 1] }), /panels\[0\].x must be an axis whose extent/],
]

describe('a figure that cannot be shown is refused', () => {
  test.each(bad)('%s', (_, given, message) => {
    expect(() => renderSvg(given as never)).toThrow(ArgumentError)
    expect(() => renderSvg(given as never)).toThrow(message)
    expect(() => renderPng(given as never)).toThrow(/^renderPng: /)
  })

  test('bad options', () => {
    const good = figure(line) as never
    expect(() => renderSvg(good, { width: 100 })).toThrow('renderSvg: width must be a number from 240 to 10000, got 100')
    expect(() => renderSvg(good, { width: NaN })).toThrow('renderSvg: width must be a finite number, got NaN')
    expect(() => renderSvg(good, { scale: 2 } as never)).toThrow('renderSvg: options must be one of width, got scale')
    expect(() => renderPng(good, { scale: 0 })).toThrow('renderPng: scale must be a number from 0.25 to 8, got 0')
  })
})
