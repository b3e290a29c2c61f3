import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { field } from '../../lib/grid/field.ts'
import type { Field } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import { optimalControl } from '../../lib/pde/control/optimal-control.ts'
import { heat } from '../../lib/pde/heat/equation.ts'
import { solve } from '../../lib/pde/march.ts'
import { landscapes, potential } from '../../lib/potential/index.ts'
import { parseNpy, parseNpz } from './arrays.ts'
import { filesIn, inEmptyFolder, relax } from './support.ts'

const list = (u: Field): number[] => Array.from(u.values.data)

describe('relax solve heat', () => {
  const line = grid({ min: -3, max: 3, size: 61 })
  const onLine = ['solve', 'heat', '--potential', 'x^2 + sin(3 x)', '--grid', 'x=-3:3:61']
  const initial = field(line, potential('x^2 + sin(3 x)'))

  it('marches to the time, and keeps fields on the way', () => inEmptyFolder(async () => {
    const { code, stdout } = await relax(...onLine, '--beta', '5', '--time', '0.2', '--save-at', '0.1,0.2', '--scheme', 'lattice-exact', '--out', 'u.npz', '--json')
    expect(code).toBe(0)
    const solution = await solve(heat({ initial, beta: 5 }), { time: 0.2, saveAt: [0.1, 0.2], scheme: 'lattice-exact' })
    expect(JSON.parse(stdout)).toMatchObject({ equation: 'heat', time: 0.2, times: [0.1, 0.2], stats: solution.stats })
    const { u, fields } = parseNpz('u.npz')
    expect(u.values).toEqual(list(solution.final))
    expect(fields.values).toEqual(solution.fields.flatMap(list))
  }))

  it('takes a viscosity, and the names of the smoothing time', () => inEmptyFolder(async () => {
    await relax(...onLine, '--viscosity', '0.1', '--scope', '4', '--out', 'u.npy')
    const { final } = await solve(heat({ initial, viscosity: 0.1 }), { time: 0.25 })
    expect(parseNpy(readFileSync('u.npy')).values).toEqual(list(final))
  }))
})

describe('relax solve control', () => {
  const line = grid({ min: -2, max: 2, size: 41 })
  const onLine = ['solve', 'control', '--potential', 'double-well', '--grid', 'x=-2:2:41', '--beta', '5', '--time', '0.5']

  it('writes the value and the control at time 0, and values at times between', () => inEmptyFolder(async () => {
    const { code, stdout } = await relax(...onLine, '--terminal', 'a * (x - 1)^2', '--parameter', 'a=2', '--save-at', '0.25,0.5', '--out', 'u.npz', '--plot', 'u.svg', '--json')
    expect(code).toBe(0)
    const terminal = potential('2 (x - 1)^2')
    const expected = await optimalControl({ potential: landscapes.doubleWell(), terminal, grid: line, beta: 5, time: 0.5 })
    const { u, control_x: control, times, fields } = parseNpz('u.npz')
    expect(u.values).toEqual(list(expected.value(0)))
    expect(control.values).toEqual(list(expected.control(0)[0]))
    expect(times.values).toEqual([0.25, 0.5])
    expect(fields.values).toEqual([...list(expected.value(0.25)), ...list(field(line, terminal))])
    expect(JSON.parse(stdout)).toMatchObject({ equation: 'control', time: 0, times: [0.25, 0.5], options: { terminal: 'a * (x - 1)^2' }, parameters: { a: 2 } })
    const svg = readFileSync('u.svg', 'utf8')
    expect(svg).toContain('t = 0.25')
    expect(svg).toContain('t = 0.5')
    expect(svg).not.toContain('t = 0<')
  }))

  it('ends at the potential by default, and draws both ends', () => inEmptyFolder(async (folder) => {
    const { stdout } = await relax(...onLine, '--scheme', 'godunov', '--out', 'u.npy', '--plot', 'u.svg')
    const expected = await optimalControl({ potential: landscapes.doubleWell(), grid: line, beta: 5, time: 0.5, scheme: 'godunov' })
    expect(parseNpy(readFileSync('u.npy')).values).toEqual(list(expected.value(0)))
    expect(stdout).toMatch(/^control of double-well at time 0$/m)
    const svg = readFileSync('u.svg', 'utf8')
    expect(svg.indexOf('t = 0<')).toBeGreaterThan(0)
    expect(svg).toContain('t = 0.5')
    expect(filesIn(folder)).toEqual(['u.npy', 'u.svg'])
  }))
})
