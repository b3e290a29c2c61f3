import { describe, expect, test } from 'vitest'
import type { Mark } from '../../lib/figure/figure.ts'
import { renderSvg } from '../../lib/figure/svg.ts'
import { field } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import { landscapes } from '../../lib/potential/index.ts'
import { draw } from '../../lib/report/draw.ts'
import { overdampedLangevin } from '../../lib/sde/overdamped-langevin.ts'
import { simulate } from '../../lib/sde/simulate.ts'
import { verdicts } from './fixtures.ts'

type Heat = Extract<Mark, { kind: 'heat' }>

const axis = (size: number, min = 0, max = 1) => ({ min, max, size })
const stats = { steps: 1, evaluations: 1, dt: 1 }

describe('a field', () => {
  test('in 1-D is a curve through its nodes', () => {
    const figure = draw(field(grid(axis(5, -1, 1)), (x) => x * x), { value: 'f' })
    expect(figure.panels).toEqual([{
      x: { label: 'x' }, y: { label: 'f' }, marks: [{ kind: 'line', x: [-1, -0.5, 0, 0.5, 1], y: [1, 0.25, 0, 0.25, 1] }],
    }])
  })

  test('in 2-D is a map with level lines, axis 0 along x', () => {
    const figure = draw(field(grid([axis(3), axis(4, 5, 8)]), (x, y) => 10 * x + y), { axes: ['p', 'q'], title: 'T' })
    const [panel] = figure.panels
    expect([figure.title, panel.x.label, panel.y.label]).toEqual(['T', 'p', 'q'])
    expect(panel.marks.map(({ kind }) => kind)).toEqual(['heat', 'contours'])
    const heat = panel.marks[0] as Heat
    expect([heat.x, heat.y, heat.shape]).toEqual([[0, 1], [5, 8], [3, 4]])
    expect(heat.values.slice(0, 5)).toEqual([5, 6, 7, 8, 10])
  })

  test('in 3-D is its three middle slices, in one range of colours', () => {
    const figure = draw(field(grid([axis(3), axis(5), axis(7)]), (x, y, z) => x + 10 * y + 100 * z))
    expect(figure.panels.map(({ title }) => title)).toEqual(['z = 0.5', 'y = 0.5', 'x = 0.5'])
    const heats = figure.panels.map(({ marks }) => marks[0] as Heat)
    expect(heats.map(({ shape }) => shape)).toEqual([[3, 5], [3, 7], [5, 7]])
    heats.forEach(({ range }) => expect(range).toEqual([0.5, 110.5]))
    // The corner (x, y, z) = (1, 1, ½), (1, ½, 1) and (½, 1, 1) of each slice.
    expect(heats.map(({ values }) => values[values.length - 1])).toEqual([61, 106, 110.5])
    expect(figure.columns).toBe(3)
  })

  test('has gaps where it has walls, and no level lines there', () => {
    const walled = draw(field(grid(axis(3)), (x) => (x > 0.9 ? Infinity : x)))
    expect((walled.panels[0].marks[0] as Extract<Mark, { kind: 'line' }>).y).toEqual([0, 0.5, NaN])
    expect(renderSvg(walled)).toContain('1 of 3 values missing')
    const map = draw(field(grid([axis(3), axis(3)]), (x) => (x > 0.9 ? Infinity : x)))
    expect(map.panels[0].marks.map(({ kind }) => kind)).toEqual(['heat'])
  })

  test('skips axes of one node and thins large maps to a uniform grid', () => {
    const single = draw(field(grid([{ ...axis(1), nodes: 'centers' }, axis(4)]), (_, y) => y))
    expect(single.panels[0].x.label).toBe('y')
    const large = draw(field(grid([axis(2001), axis(3)]), (x, y) => x + y)).panels[0].marks[0] as Heat
    expect(large.shape).toEqual([401, 3])
    expect(large.x).toEqual([0, 1])
    // Node 300 of 401 is x = 0.75, with y = 0: exact up to the rounding of a sum.
    expect(large.values[900]).toBeCloseTo(0.75, 14)
  })
})

describe('a solution', () => {
  const line = grid(axis(11))
  const fields = (count: number, on = line) => Array.from({ length: count }, (_, k) => field(on, (x) => x * k))

  test('in 1-D is its saved fields, labelled by their times', () => {
    const saved = fields(3)
    const figure = draw({ final: saved[2], times: [0, 0.05, 0.1], fields: saved, stats } as never, { value: 'u' })
    expect(figure.panels).toHaveLength(1)
    expect(figure.panels[0].marks.map((mark) => 'label' in mark && mark.label)).toEqual(['t = 0', 't = 0.05', 't = 0.1'])
    expect(figure.caption).toBeUndefined()
  })

  test('says so when it shows a choice of them, the first and the last among them', () => {
    const saved = fields(50)
    const figure = draw({ final: saved[49], times: saved.map((_, k) => k), fields: saved })
    const labels = figure.panels[0].marks.map((mark) => 'label' in mark && mark.label)
    expect([labels[0], labels.at(-1), labels.length]).toEqual(['t = 0', 't = 49', 7])
    expect(figure.caption).toBe('7 of the 50 saved times.')
  })

  test('in 2-D is maps in one range of colours', () => {
    const saved = fields(3, grid([axis(4), axis(4)]))
    const figure = draw({ final: saved[2], times: [0, 1, 2], fields: saved })
    expect(figure.panels.map(({ title }) => title)).toEqual(['t = 0', 't = 1', 't = 2'])
    for (const { marks } of figure.panels) expect((marks[0] as Heat).range).toEqual([0, 2])
    expect(() => renderSvg(figure)).not.toThrow()
  })

  test('without saved fields is its final one', () => {
    const [final] = fields(1)
    expect(draw({ final, times: [], fields: [] }).panels[0].marks).toHaveLength(1)
  })
})

test('a verdict brings its own figure', () => {
  expect(draw(verdicts[0])).toBe(verdicts[0].figure)
  expect(draw(verdicts[0], { title: 'Other' }).title).toBe('Other')
})

test('anything else is refused', () => {
  const plane = field(grid([axis(3), axis(3)]), () => 1)
  const cases: [unknown, unknown, RegExp][] = [
    [null, {}, /draw: subject must be a field, a solution, an ensemble, a run or a verdict, got null/],
    [{ final: plane }, {}, /draw: subject must be/],
    [plane, { titel: 'T' }, /did you mean title\?\), got titel/],
    [plane, { title: '' }, /title must be a non-empty string/],
    [plane, { axes: ['x'] }, /axes must be a list of 2 names, got \["x"\]/],
    [{ final: plane, times: [1], fields: [plane, plane] }, {}, /times must be a list of 2 times/],
    [field(grid(axis(3)), () => Infinity), {}, /a field with a finite value/],
    [field(grid([2, 2, 2, 2].map((size) => axis(size))), () => 0), {}, /at most 3 axes/],
  ]
  for (const [subject, given, message] of cases) expect(() => draw(subject as never, given as never)).toThrow(message)
})

describe('an ensemble', () => {
  const simulated = (dim: number, beta = 1) => simulate(overdampedLangevin({ potential: landscapes.quadratic({ dim }), beta }), {
    initial: new Array<number>(dim).fill(0), dt: 0.25, time: 1, paths: 2000, seed: 1,
  })

  test('in 1-D is its histogram with a band of two standard errors, of integral one but for the outermost thousandths', async () => {
    const figure = draw(await simulated(1), { axes: ['q'] })
    expect(figure.panels.map(({ x }) => x.label)).toEqual(['q'])
    const [band, line] = figure.panels[0].marks as [Extract<Mark, { kind: 'band' }>, Extract<Mark, { kind: 'line' }>]
    expect(line.y.reduce((sum, y) => sum + y, 0) * (line.x[1] - line.x[0])).toBeGreaterThan(0.995)
    expect(line.y.every((y, i) => band.low[i] <= y && y <= band.high[i])).toBe(true)
    expect(renderSvg(figure)).toMatch(/^<svg/)
  })

  test('in more dimensions is a map of the first two coordinates and the histograms of the first three', async () => {
    expect(draw(await simulated(2)).panels.map(({ x, y }) => `${x.label} ${y.label}`)).toEqual(['x y', 'x density', 'y density'])
    const figure = draw(await simulated(5))
    expect(figure.panels.map(({ x }) => x.label)).toEqual(['x1', 'x1', 'x2', 'x3'])
    expect(figure.caption).toContain('3 of 5 coordinates')
    const [heat] = figure.panels[0].marks as [Heat]
    const cell = ((heat.x[1] - heat.x[0]) / (heat.shape[0] - 1)) * ((heat.y[1] - heat.y[0]) / (heat.shape[1] - 1))
    expect(heat.values.reduce((sum, y) => sum + y, 0) * cell).toBeGreaterThan(0.99)
  })

  test('refuses names of another number', async () => {
    const ensemble = await simulated(2)
    expect(() => draw(ensemble, { axes: ['x'] })).toThrow('draw: axes must be a list of 2 names, got ["x"]')
  })
})

describe('a run', () => {
  const history = (values: number[]) => values.map((value, iteration) => ({ iteration, gradientEvaluations: 20 * iteration, value }))
  const run = (values: number[]) => ({ point: Float64Array.of(0), value: values.at(-1)!, optimizer: 'sgd', iterations: 2, gradientEvaluations: 40, history: history(values) })

  test('is its loss over the gradients, logarithmic where it falls far', () => {
    const figure = draw(run([3, 2, 1]))
    expect(figure.panels[0].marks[0]).toMatchObject({ kind: 'line', x: [0, 20, 40], y: [3, 2, 1] })
    expect(figure.panels[0].y.type).toBeUndefined()
    expect(draw(run([3, 2, 0.1])).panels[0].y.type).toBe('log')
    expect(draw(run([3, 2, -0.1])).panels[0].y.type).toBeUndefined()
  })
})
