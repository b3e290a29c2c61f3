import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { potential } from '../../lib/potential/index.ts'
import { overdampedLangevin } from '../../lib/sde/overdamped-langevin.ts'
import { simulate } from '../../lib/sde/simulate.ts'
import { parseNpy, parseNpz } from './arrays.ts'
import { filesIn, inEmptyFolder, relax } from './support.ts'

const onPlane = ['sample', '--potential', 'x^2/2 + a y^2', '--parameter', 'a=2', '--beta', '3', '--dt', '0.05', '--time', '1', '--paths', '300']
const equation = overdampedLangevin({ potential: potential('x^2/2 + a y^2', { parameters: { a: 2 } }), beta: 3 })

describe('relax sample', () => {
  it('writes the final points, the same for any number of threads', () => inEmptyFolder(async (folder) => {
    for (const threads of ['1', '2']) {
      const { code } = await relax(...onPlane, '--seed', '4', '--initial', '1,-1', '--method', 'leimkuhler-matthews', '--threads', threads, '--out', `x${threads}.npy`)
      expect(code).toBe(0)
    }
    const { final } = await simulate(equation, { initial: [1, -1], dt: 0.05, time: 1, paths: 300, seed: 4, method: 'leimkuhler-matthews' })
    expect(parseNpy(readFileSync('x1.npy'))).toEqual({ shape: [300, 2], values: Array.from(final.data) })
    expect(readFileSync('x2.npy')).toEqual(readFileSync('x1.npy'))
    expect(filesIn(folder)).toEqual(['x1.npy', 'x2.npy'])
  }))

  it('starts at 0 and prints means with standard errors as JSON', () => inEmptyFolder(async () => {
    const { stdout } = await relax(...onPlane, '--json', '--out', 'x.npz', '--plot', 'x.svg')
    const ensemble = await simulate(equation, { initial: [0, 0], dt: 0.05, time: 1, paths: 300, seed: 0 })
    expect(JSON.parse(stdout)).toMatchObject({
      equation: 'overdamped-langevin', parameters: { a: 2 }, beta: 3, initial: [0, 0], paths: 300, seed: 0, method: 'euler-maruyama', diverged: 0,
      mean: [ensemble.mean((x) => x[0]), ensemble.mean((x) => x[1])], out: 'x.npz', plot: 'x.svg',
    })
    expect(parseNpz('x.npz').final).toEqual({ shape: [300, 2], values: Array.from(ensemble.final.data) })
    expect(readFileSync('x.svg', 'utf8')).toMatch(/^<svg/)
  }))

  it('tells people what it did, diverged paths included', () => inEmptyFolder(async (folder) => {
    const { code, stdout } = await relax('sample', '--potential', 'x^4/4 - x^6', '--beta', '1', '--dt', '0.1', '--time', '2', '--paths', '200')
    expect(code).toBe(0)
    expect(stdout).toMatch(/\npaths {2}200 from \(0\), [1-9]\d* diverged\nx {6}mean -?\d/)
    expect(filesIn(folder)).toEqual([])
  }))

  it('leaves out the covariance of a single path', () => inEmptyFolder(async () => {
    const { code, stdout } = await relax('sample', '--potential', 'x^2/2', '--beta', '1', '--dt', '0.1', '--time', '1', '--paths', '1', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).not.toHaveProperty('covariance')
  }))
})
