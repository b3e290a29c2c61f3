import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { linearTicks, placeOn, scaleOf, tickTexts } from '../../lib/figure/axis.ts'
import type { Mark, Panel } from '../../lib/figure/figure.ts'
import { labelSize, placeLabels } from '../../lib/figure/labels.ts'
import { numberText, numberTexts, textWidth, wrap } from '../../lib/figure/text.ts'
import { curves } from './examples.ts'

const x = Array.from({ length: 101 }, (_, i) => i / 100)

describe('labels beside curves', () => {
  const axis = (domain: [number, number]) => scaleOf('test', 'axis', { label: 'a', domain }, domain, 0, 5)
  const frame = { x: axis([0, 1]), y: axis([-2, 2]), width: 400, height: 260 }

  test('stay in the frame, cover neither each other nor any curve; the others go to the key', () => {
    const wave = fc.record({ a: fc.double({ min: -1.5, max: 1.5, noNaN: true }), k: fc.integer({ min: 0, max: 9 }), letters: fc.integer({ min: 1, max: 25 }) })
    fc.assert(fc.property(fc.array(wave, { minLength: 1, maxLength: 6 }), (waves) => {
      const marks = waves.map(({ a, k, letters }): Mark => ({ kind: 'line', x, y: x.map((s) => a * Math.cos(k * s + a)), label: 'n'.repeat(letters) }))
      const { inside, key } = placeLabels({ x: { label: 'x' }, y: { label: 'y' }, marks }, frame)
      expect(inside.filter((placed) => placed !== undefined).length + key.length).toBe(marks.length)
      const boxes = inside.filter((placed) => placed !== undefined).map((placed) => {
        const half = textWidth(placed.text, labelSize) / 2
        return { left: placed.x - half, right: placed.x + half, top: placed.y - 9, bottom: placed.y + 2 }
      })
      boxes.forEach((box, i) => {
        expect(box.left >= 0 && box.right <= 400 && box.top >= 0 && box.bottom <= 260).toBe(true)
        boxes.slice(0, i).forEach((other) =>
          expect(box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom).toBe(false))
        for (const mark of marks) {
          if (mark.kind !== 'line') continue
          const covered = mark.y.some((y, k) => {
            const [px, py] = [mark.x[k] * 400, (1 - (y + 2) / 4) * 260]
            return px > box.left && px < box.right && py > box.top && py < box.bottom
          })
          expect(covered).toBe(false)
        }
      })
    }), { numRuns: 40 })
  })

  test('find their place in an ordinary panel', () => {
    const panel: Panel = curves.panels[0]
    const domains = { x: axis([-2, 2]), y: axis([-0.5, 2.5]) }
    expect(placeLabels(panel, { ...domains, width: 400, height: 260 }).key).toEqual([])
  })
})

describe('axes', () => {
  test('ticks are inside the domain, as many as asked for within a factor of two, and their texts differ', () => {
    const ends = fc.tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: 1e-6, max: 1e6, noNaN: true }), fc.integer({ min: 2, max: 10 }))
    fc.assert(fc.property(ends, ([low, span, count]) => {
      const domain: [number, number] = [low, low + span]
      fc.pre(span > 1e-9 * Math.abs(low))
      const ticks = linearTicks(domain, count)
      expect(ticks.length).toBeGreaterThanOrEqual(Math.floor(count / 2))
      expect(ticks.length).toBeLessThanOrEqual(2 * count + 1)
      for (const tick of ticks) expect(Math.min(tick - domain[0], domain[1] - tick)).toBeGreaterThan(-1e-8 * span)
      expect(new Set(tickTexts(ticks)).size).toBe(ticks.length)
    }))
  })

  test('data have room, constant data are in the middle, logarithmic places are by ratio', () => {
    const scale = scaleOf('test', 'y', { label: 'y' }, [0, 10], 0.05, 5)
    expect(scale.domain).toEqual([-0.5, 10.5])
    const constant = scaleOf('test', 'y', { label: 'y' }, [3, 3 + 1e-15], 0.05, 5)
    expect(placeOn(constant, 3)).toBeCloseTo(0.5, 12)
    const log = scaleOf('test', 'y', { label: 'y', type: 'log', domain: [1, 100] }, [1, 100], 0, 5)
    expect(placeOn(log, 10)).toBeCloseTo(0.5, 12)
    expect(log.texts).toEqual(['1', '10', '100'])
  })

  test('texts of one axis have one form', () => {
    expect(tickTexts([0, 0.5, 1])).toEqual(['0.0', '0.5', '1.0'])
    expect(tickTexts([-2e-7, 0, 2e-7])).toEqual(['−2×10⁻⁷', '0', '2×10⁻⁷'])
    expect(tickTexts([5e-4, 1e-3, 2e-3], 'log')).toEqual(['5×10⁻⁴', '10⁻³', '2×10⁻³'])
    expect(tickTexts([1e-3, 1, 1e3], 'log')).toEqual(['10⁻³', '10⁰', '10³'])
  })
})

describe('texts', () => {
  test('numbers have the asked digits', () => {
    const cases: [number, string, string][] = [
      [0, '0', '0'], [1 / 3, '0.333', '0.333'], [-12.3456, '−12.3', '-12.3'], [12345.678, '12346', '12346'], [0.00099996, '0.001', '0.001'],
      [123456, '1.23×10⁵', '1.23e5'], [1e-10, '10⁻¹⁰', '1e-10'], [-2.5e-7, '−2.5×10⁻⁷', '-2.5e-7'], [NaN, 'NaN', 'NaN'], [-Infinity, '−∞', '-∞'],
    ]
    for (const [value, typeset, plain] of cases) expect([numberText(value), numberText(value, 3, 'plain')]).toEqual([typeset, plain])
  })

  test('two numbers look alike only when they are equal', () => {
    fc.assert(fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
      const [first, second] = numberTexts(a, b)
      expect(first === second).toBe(a === b)
    }))
    expect(numberTexts(1.0004, 1)).toEqual(['1.0004', '1'])
  })

  test('lines are short enough and lose nothing', () => {
    fc.assert(fc.property(fc.array(fc.stringMatching(/^[a-z]{1,40}$/), { maxLength: 12 }), (words) => {
      const lines = wrap(words.join(' '), 120, 12)
      for (const line of lines) expect(textWidth(line, 12)).toBeLessThanOrEqual(120)
      expect(lines.join('').replaceAll(' ', '')).toBe(words.join(''))
    }))
  })
})
