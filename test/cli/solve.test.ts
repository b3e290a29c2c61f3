import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { coleHopf } from '../../lib/pde/cole-hopf.ts'
import { hamiltonJacobi } from '../../lib/pde/hamilton-jacobi/equation.ts'
import { hopfLax } from '../../lib/pde/hopf-lax.ts'
import { solve } from '../../lib/pde/march.ts'
import { field } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import { potential } from '../../lib/potential/index.ts'
import { parseNpy, parseNpz } from './arrays.ts'
import { filesIn, inEmptyFolder, relax } from './support.ts'

const axis = { min: -3, max: 3, size: 61 }
const line = grid(axis)
const quartic = field(line, potential('x^4/4 - a x', { parameters: { a: 0.5 } }))
const onLine = ['--potential', 'x^4/4 - a x', '--parameter', 'a=0.5', '--grid', 'x=-3:3:61']

describe('relax solve', () => {
  it('writes the local entropy as .npy', () => inEmptyFolder(async (folder) => {
    const { code, stderr } = await relax('solve', 'cole-hopf', ...onLine, '--gamma', '0.2', '--beta', '5', '--out', 'u.npy')
    expect({ code, stderr, files: filesIn(folder) }).toEqual({ code: 0, stderr: '', files: ['u.npy'] })
    const expected = coleHopf(quartic, { gamma: 0.2, beta: 5 })
    expect(parseNpy(readFileSync('u.npy'))).toEqual({ shape: [61], values: Array.from(expected.values.data) })
  }))

  it('reads scope as the inverse of gamma', () => inEmptyFolder(async () => {
    for (const smoothing of [['--gamma', '0.25'], ['--scope', '4'], ['--time', '0.25']]) {
      await relax('solve', 'hopf-lax', ...onLine, ...smoothing, '--out', `u${smoothing[0]}.npy`)
    }
    expect(readFileSync('u--scope.npy')).toEqual(readFileSync('u--gamma.npy'))
    expect(readFileSync('u--time.npy')).toEqual(readFileSync('u--gamma.npy'))
  }))

  it('writes the envelope with coordinates and minimisers as .npz, variables in the order of the axes', () => inEmptyFolder(async () => {
    await relax('solve', 'hopf-lax', '--potential', 'x^2 + 3 y', '--grid', 'y=0:1:5', '--grid', 'x=-1:1:4', '--boundary', 'periodic', '--gamma', '0.1',
      '--out', 'u.npz')
    const nodes = grid([{ min: 0, max: 1, size: 5, boundary: 'periodic' }, { min: -1, max: 1, size: 4, boundary: 'periodic' }])
    const { envelope, minimizer } = hopfLax(field(nodes, (y, x) => x * x + 3 * y), { gamma: 0.1 })
    const arrays = parseNpz('u.npz')
    expect(Object.keys(arrays).toSorted()).toEqual(['minimizer_x', 'minimizer_y', 'u', 'x', 'y'])
    expect(arrays.u).toEqual({ shape: [5, 4], values: Array.from(envelope.values.data) })
    expect(arrays.minimizer_y.values).toEqual(Array.from(minimizer[0].values.data))
    expect(arrays.minimizer_x.values).toEqual(Array.from(minimizer[1].values.data))
    expect(arrays.x).toEqual({ shape: [4], values: Array.from(nodes.coordinates(1)) })
  }))

  it('marches, keeps fields on the way and says how', () => inEmptyFolder(async () => {
    const { stdout } = await relax('solve', 'hamilton-jacobi', ...onLine, '--boundary', 'dirichlet=2', '--beta', '50', '--time', '0.2', '--scheme', 'godunov',
      '--cfl', '0.4', '--save-at', '0,0.05,0.2', '--out', 'u.npz', '--plot', 'u.svg', '--json')
    const initial = field(grid({ ...axis, boundary: { dirichlet: 2 } }), quartic.values)
    const solution = await solve(hamiltonJacobi({ initial, beta: 50 }), { time: 0.2, scheme: 'godunov', cfl: 0.4, saveAt: [0, 0.05, 0.2] })
    const document = JSON.parse(stdout) as Record<string, unknown>
    expect(document).toMatchObject({ equation: 'hamilton-jacobi', time: 0.2, times: [0, 0.05, 0.2], stats: solution.stats, out: 'u.npz', plot: 'u.svg' })
    const values = Array.from(solution.final.values.data)
    expect(document.min).toEqual({ value: Math.min(...values), at: { x: line.coordinates(0)[values.indexOf(Math.min(...values))] } })
    const { u, times, fields } = parseNpz('u.npz')
    expect(u.values).toEqual(values)
    expect(times).toEqual({ shape: [3], values: [0, 0.05, 0.2] })
    expect(fields).toEqual({ shape: [3, 61], values: solution.fields.flatMap((saved) => Array.from(saved.values.data)) })
    expect(readFileSync('u.svg', 'utf8')).toMatch(/^<svg/)
  }))

  it('returns the initial field at time 0', () => inEmptyFolder(async () => {
    await relax('solve', 'hamilton-jacobi', ...onLine, '--time', '0', '--out', 'u.npy')
    expect(parseNpy(readFileSync('u.npy')).values).toEqual(Array.from(quartic.values.data))
  }))

  it('draws PNG', () => inEmptyFolder(async (folder) => {
    const { code } = await relax('solve', 'cole-hopf', '--potential', 'double-well', '--grid', 'x=-2:2:41', '--time', '0.1', '--beta', '5', '--plot', 'u.png')
    expect({ code, files: filesIn(folder) }).toEqual({ code: 0, files: ['u.png'] })
    expect(readFileSync('u.png').subarray(1, 4).toString()).toBe('PNG')
  }))

  it('makes the same bytes again and leaves other files alone', () => inEmptyFolder(async (folder) => {
    writeFileSync('u.npz', 'of before')
    writeFileSync('other', 'stays')
    const argv = ['solve', 'hopf-lax', ...onLine, '--gamma', '0.1', '--out']
    await relax(...argv, 'u.npz')
    await relax(...argv, 'again.npz')
    expect(readFileSync('u.npz')).toEqual(readFileSync('again.npz'))
    expect({ other: readFileSync('other', 'utf8'), files: filesIn(folder) }).toEqual({ other: 'stays', files: ['again.npz', 'other', 'u.npz'] })
  }))

  it('writes no file when a wall stops the march', () => inEmptyFolder(async (folder) => {
    const { code, stderr } = await relax('solve', 'hamilton-jacobi', '--potential', '1/x^2', '--grid', 'x=-1:1:21', '--time', '0.1', '--out', 'u.npz')
    expect(code).toBe(2)
    expect(stderr).toMatch(/^hamiltonJacobi: initial must be finite everywhere.*\n$/)
    expect(filesIn(folder)).toEqual([])
    expect(existsSync('u.npz')).toBe(false)
  }))
})
