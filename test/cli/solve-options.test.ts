import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { field } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import { fokkerPlanck } from '../../lib/pde/fokker-planck/equation.ts'
import { hamiltonJacobi } from '../../lib/pde/hamilton-jacobi/equation.ts'
import { solve } from '../../lib/pde/march.ts'
import { plan } from '../../lib/pde/plan.ts'
import { spectralGap } from '../../lib/pde/spectral-gap.ts'
import { potential } from '../../lib/potential/index.ts'
import { parseNpy } from './arrays.ts'
import { filesIn, inEmptyFolder, relax } from './support.ts'

const plane = grid([{ min: -2, max: 2, size: 17 }, { min: -2, max: 2, size: 19 }])
const onPlane = ['--grid', 'x=-2:2:17', '--grid', 'y=-2:2:19']

/** What the command line wrote, and what the library makes. */
async function written(...argv: string[]): Promise<number[]> {
  expect((await relax(...argv, '--out', 'u.npy')).code).toBe(0)
  return parseNpy(readFileSync('u.npy')).values
}

describe('relax solve hamilton-jacobi', () => {
  const initial = field(plane, (x, y) => x * x + y * y)
  const argv = ['solve', 'hamilton-jacobi', '--potential', 'x^2 + y^2', ...onPlane, '--time', '0.1']

  it('takes a drift, a metric and a viscosity', () => inEmptyFolder(async () => {
    const values = await written(...argv, '--viscosity', '0.05', '--drift', '-a max(y, x), x', '--parameter', 'a=2', '--metric', '2,0.5;0.5,1')
    const drift = (x: Float64Array, out: Float64Array): void => {
      out[0] = -2 * Math.max(x[1], x[0])
      out[1] = x[0]
    }
    const { final } = await solve(hamiltonJacobi({ initial, viscosity: 0.05, metric: [[2, 0.5], [0.5, 1]], drift }), { time: 0.1 })
    expect(values).toEqual(Array.from(final.values.data))
  }))

  it.each([
    [['--metric', '2,0.5', '--integrator', 'lawson4', '--dt', '0.01'], { metric: [2, 0.5] }, { integrator: 'lawson4', dt: 0.01 }],
    [['--viscosity', '0.1', '--viscous', 'rkl2', '--cfl', '0.3'], { viscosity: 0.1 }, { viscous: 'rkl2', cfl: 0.3 }],
    [['--beta', '5', '--viscous', 'implicit', '--tolerance', '1e-3', '--scheme', 'eno2'], { beta: 5 }, { viscous: 'implicit', tolerance: 1e-3, scheme: 'eno2' }],
  ] as const)('takes %j', (flags, terms, options) => inEmptyFolder(async () => {
    const { final } = await solve(hamiltonJacobi({ initial, ...terms }), { time: 0.1, ...options })
    expect(await written(...argv, ...flags)).toEqual(Array.from(final.values.data))
  }))
})

describe('relax solve fokker-planck', () => {
  const well = potential('(x^2 + y^2)/2')
  const argv = ['solve', 'fokker-planck', ...onPlane, '--beta', '2', '--time', '0.1']
  const inWell = [...argv, '--potential', '(x^2 + y^2)/2']
  const initial = field(plane, () => 1 / 16)

  it.each([
    ['0.5', 0.5],
    ['0.5,2', [0.5, 2]],
    ['1,0.5;0.5,2', [[1, 0.5], [0.5, 2]]],
  ] as const)('takes the diffusion %j', (given, diffusion) => inEmptyFolder(async () => {
    const { final } = await solve(fokkerPlanck({ initial, potential: well, beta: 2, diffusion }), { time: 0.1 })
    expect(await written(...inWell, '--diffusion', given)).toEqual(Array.from(final.values.data))
  }))

  it('takes a drift in place of the potential', () => inEmptyFolder(async () => {
    const density = field(plane, (x, y) => 1 + x * x + y * y)
    const drift = (x: Float64Array, out: Float64Array): void => {
      out[0] = x[1]
      out[1] = -x[0] - 0.5 * x[1]
    }
    const { final } = await solve(fokkerPlanck({ initial: density, drift, beta: 2, diffusion: [0, 1] }), { time: 0.1 })
    const flags = [...argv, '--drift', 'y, -x - a * y', '--initial', 'b + x^2 + y^2', '--parameter', 'a=0.5', '--parameter', 'b=1', '--diffusion', '0,1']
    expect(await written(...flags)).toEqual(Array.from(final.values.data))
    const { stdout } = await relax(...flags, '--json', '--plot', 'u.svg')
    const document = JSON.parse(stdout) as Record<string, unknown>
    expect(document).toMatchObject({ options: { drift: ['y', '-x - a * y'], diffusion: [0, 1] } })
    expect(document).not.toHaveProperty('potential')
    expect(readFileSync('u.svg', 'utf8')).toContain('drift (y, -x - a * y)')
  }))

  it('prints the spectral gap', async () => {
    const { stdout } = await relax(...inWell, '--diffusion', '0.5', '--gap', '--json')
    expect((JSON.parse(stdout) as { gap: number }).gap).toBe(await spectralGap(fokkerPlanck({ grid: plane, potential: well, beta: 2, diffusion: 0.5 })))
    expect((await relax(...inWell, '--gap')).stdout).toMatch(/^gap {4}1\.\d+$/m)
    expect((await relax(...inWell)).stdout).not.toMatch(/^gap/m)
  })
})

describe('relax solve --plan', () => {
  const line = field(grid({ min: -2, max: 2, size: 81 }), potential('x^4'))
  const argv = ['solve', 'hamilton-jacobi', '--potential', 'x^4', '--grid', 'x=-2:2:81', '--time', '0.5']

  it('prints the plan as JSON, runs nothing and writes nothing', () => inEmptyFolder(async (folder) => {
    const { code, stdout } = await relax(...argv, '--viscosity', '0.1', '--cfl', '0.2', '--plan', '--json', '--out', 'u.npy', '--plot', 'u.svg')
    expect({ code, files: filesIn(folder) }).toEqual({ code: 0, files: [] })
    const { seconds: _, ...expected } = plan(hamiltonJacobi({ initial: line, viscosity: 0.1 }), { time: 0.5, cfl: 0.2 })
    const { seconds, ...planned } = JSON.parse(stdout) as typeof expected & { seconds: number }
    expect(planned).toEqual(expected)
    expect(seconds).toBeGreaterThan(0)
  }))

  it('tells people what limits the step', async () => {
    const stable = plan(hamiltonJacobi({ initial: line }), { time: 0.5 })
    const { stdout } = await relax(...argv, '--plan')
    expect(stdout).toMatch(/^plan of hamilton-jacobi of x\^4\n/)
    expect(stdout).toMatch(new RegExp(`^steps +${stable.steps}, the first .*, limited by slopes$`, 'm'))
    expect(stdout).toMatch(/^stable +yes; largest stable step 0\.\d+$/m)
  })

  it('tells of a step that is too long', async () => {
    const { code, stdout } = await relax(...argv, '--dt', '0.25', '--plan')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^steps +2, the first 0\.25, as asked for$/m)
    expect(stdout).toMatch(/^stable +no, solve refuses it; largest stable step 0\.\d+$/m)
    expect(stdout).not.toMatch(/^time/m)
  })

  it('plans the others that march', async () => {
    const heat = await relax('solve', 'heat', '--potential', 'x^4', '--grid', 'x=-2:2:81', '--gamma', '0.5', '--beta', '1', '--plan')
    expect(heat.stdout).toMatch(/^stable +yes; steps of any length are$/m)
    const density = await relax('solve', 'fokker-planck', '--drift', '-x', '--grid', 'x=-2:2:41', '--time', '0.5', '--beta', '1', '--plan')
    expect(density.stdout).toMatch(/^plan of fokker-planck of drift \(-x\)\n/)
  })
})
