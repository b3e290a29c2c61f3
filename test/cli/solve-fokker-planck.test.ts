import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { field } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import { integrate } from '../../lib/grid/operators.ts'
import { fokkerPlanck } from '../../lib/pde/fokker-planck/equation.ts'
import { solve } from '../../lib/pde/march.ts'
import { potential } from '../../lib/potential/index.ts'
import { filesIn, inEmptyFolder, relax } from './support.ts'

const onLine = ['solve', 'fokker-planck', '--potential', '(x^2 - 1)^2', '--grid', 'x=-2:2:81', '--beta', '3']
const well = potential('(x^2 - 1)^2')
const line = grid({ min: -2, max: 2, size: 81 })

/** The numbers of an .npy file. */
function npy(path: string): number[] {
  const bytes = readFileSync(path)
  return Array.from(new Float64Array(Uint8Array.from(bytes.subarray(10 + bytes.readUInt16LE(8))).buffer))
}

describe('relax solve fokker-planck', () => {
  it('marches a density, keeps its mass and says so', () => inEmptyFolder(async () => {
    const { code, stdout } = await relax(...onLine, '--time', '1', '--initial', 'exp(-20 (x - 0.5)^2)', '--save-at', '0,0.5,1', '--out', 'u.npy', '--plot', 'u.svg', '--json')
    expect(code).toBe(0)
    const initial = field(line, potential('exp(-20 (x - 0.5)^2)'))
    const solution = await solve(fokkerPlanck({ initial, potential: well, beta: 3 }), { time: 1, saveAt: [0, 0.5, 1] })
    expect(npy('u.npy')).toEqual(Array.from(solution.final.values.data))
    const document = JSON.parse(stdout) as Record<string, unknown>
    expect(document).toMatchObject({
      equation: 'fokker-planck', time: 1, times: [0, 0.5, 1], stats: solution.stats, mass: integrate(solution.final),
      options: { time: 1, beta: 3, initial: 'exp(-20 (x - 0.5)^2)', saveAt: [0, 0.5, 1] },
    })
    expect(readFileSync('u.svg', 'utf8')).toContain('density')
  }))

  it('starts from the uniform density, takes a boundary and a tolerance', () => inEmptyFolder(async () => {
    const { stdout } = await relax(...onLine, '--time', '0.5', '--boundary', 'dirichlet=0', '--tolerance', '1e-4', '--out', 'u.npy')
    const on = grid({ min: -2, max: 2, size: 81, boundary: { dirichlet: 0 } })
    const { final } = await solve(fokkerPlanck({ initial: field(on, () => 1 / 4), potential: well, beta: 3 }), { time: 0.5, tolerance: 1e-4 })
    expect(npy('u.npy')).toEqual(Array.from(final.values.data))
    expect(stdout).toMatch(/^mass {3}0\.\d+$/m)
  }))

  it('returns the density at time 0', () => inEmptyFolder(async () => {
    await relax(...onLine, '--time', '0', '--initial', '1 + x^2', '--out', 'u.npy')
    expect(npy('u.npy')).toEqual(Array.from(field(line, (x) => 1 + x * x).values.data))
  }))

  it.each([
    [[...onLine], 'time'],
    [[...onLine.slice(0, -2), '--time', '1'], 'beta'],
    [[...onLine, '--time', '1', '--initial', 'x'], 'initial'],
    [[...onLine, '--time', '1', '--initial', 'x +'], 'expression'],
    [[...onLine, '--time', '1', '--initial', ''], '--initial'],
    [[...onLine, '--time', '1', '--cfl', '0.5'], '--cfl'],
    [[...onLine, '--gamma', '1'], '--gamma'],
    [[...onLine, '--time', '1', '--boundary', 'extrapolate'], 'boundary'],
    [[...onLine, '--time', '1', '--boundary', 'dirichlet=1'], 'dirichlet'],
    [[...onLine, '--time', '1', '--scheme', 'weno5'], "'scharfetter-gummel'"],
    [[...onLine, '--time', '1', '--dt', '0.1', '--tolerance', '0.1'], 'dt or tolerance'],
    [['solve', 'hopf-lax', '--potential', 'x^2', '--grid', 'x=-3:3:21', '--gamma', '0.2', '--initial', '1'], '--initial'],
  ])('refuses %j', async (argv, named) => {
    await inEmptyFolder(async (folder) => {
      const { code, stdout, stderr } = await relax(...argv, '--out', 'u.npy')
      expect(stderr).toMatch(/^[^:\n]+: .* must .*, got .*\n$/)
      expect(stderr).toContain(named)
      expect({ code, stdout, files: filesIn(folder) }).toEqual({ code: 2, stdout: '', files: [] })
    })
  })
})
