import { describe, expect, it } from 'vitest'
import { field } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import { fokkerPlanck } from '../../lib/pde/fokker-planck/equation.ts'
import { hamiltonJacobi } from '../../lib/pde/hamilton-jacobi/equation.ts'
import { heat } from '../../lib/pde/heat/equation.ts'
import { solve } from '../../lib/pde/march.ts'
import { plan } from '../../lib/pde/plan.ts'
import { landscapes, potential } from '../../lib/potential/index.ts'

const initial = field(grid({ min: -2, max: 2, size: 101 }), potential('x^2 + 0.3 sin(5 x)'))
const inviscid = hamiltonJacobi({ initial })

describe('plan', () => {
  it.each(['godunov', 'local-lax-friedrichs', 'weno5'])('knows the steps of %s at its Courant number: the first to the digit, all of them from above', async (scheme) => {
    const told = plan(inviscid, { time: 0.3, scheme, saveAt: [0.1, 0.3] })
    const { stats } = await solve(inviscid, { time: 0.3, scheme, saveAt: [0.1, 0.3] })
    expect(told).toMatchObject({ limitedBy: 'slopes', stable: true, monotone: scheme !== 'weno5' })
    // Slopes decay, so that later steps are longer.
    expect(told.steps).toBeGreaterThanOrEqual(stats.steps)
    expect(told.steps).toBeLessThan(3 * stats.steps)
    const short = await solve(inviscid, { time: told.dt, scheme })
    expect(short.stats.steps).toBe(1)
    expect(told.seconds).toBeGreaterThan(0)
  })

  it('counts fixed steps, and tells an unstable one that solve then refuses', async () => {
    const { largestStableStep } = plan(inviscid, { time: 0.3, scheme: 'godunov' })
    const dt = largestStableStep / 3
    const told = plan(inviscid, { time: 0.3, scheme: 'godunov', dt, saveAt: [0.05, 0.3] })
    expect(told).toMatchObject({ dt, limitedBy: 'dt', stable: true, monotone: true })
    expect(told.steps).toBe((await solve(inviscid, { time: 0.3, scheme: 'godunov', dt, saveAt: [0.05, 0.3] })).stats.steps)
    expect(plan(inviscid, { time: 0.3, scheme: 'godunov', dt: 1.5 * largestStableStep })).toMatchObject({ stable: false, monotone: false })
    await expect(solve(inviscid, { time: 0.3, scheme: 'godunov', dt: 1.5 * largestStableStep })).rejects.toThrow(`solve: dt must be at most ${largestStableStep}`)
  })

  it('sees that nothing but the end limits an exact flow, and nothing at time 0', async () => {
    const flow = heat({ initial, viscosity: 0.1 })
    expect(plan(flow, { time: 0.5 })).toMatchObject({ steps: (await solve(flow, { time: 0.5 })).stats.steps, dt: 0.5, limitedBy: 'end', stable: true })
    expect(plan(flow, { time: 0 })).toMatchObject({ steps: 0, seconds: 0, limitedBy: 'end' })
  })

  it('guesses the steps of a march that follows its error', async () => {
    const density = field(grid({ min: -3, max: 3, size: 200 }), (x) => Math.exp(-8 * (x - 0.5) ** 2))
    const equation = fokkerPlanck({ initial: density, potential: landscapes.doubleWell(), beta: 3 })
    const told = plan(equation, { time: 1 })
    const { stats } = await solve(equation, { time: 1 })
    expect(told).toMatchObject({ limitedBy: 'accuracy', stable: true, monotone: false })
    expect(told.steps).toBeGreaterThan(stats.steps / 8)
    expect(told.steps).toBeLessThan(8 * stats.steps)
  })

  it('counts memory by nodes and saved fields, and leaves the equation as it was', () => {
    const before = Array.from(initial.values.data)
    const [few, many] = [plan(inviscid, { time: 1 }), plan(inviscid, { time: 1, saveAt: [0.1, 0.2, 0.3, 1] })]
    expect(many.bytes - few.bytes).toBe(3 * 8 * 101)
    expect(Array.from(initial.values.data)).toEqual(before)
  })

  it('refuses what solve refuses, under its own name', () => {
    expect(() => plan(inviscid, { time: -1 })).toThrow('plan: time must be a non-negative finite number, got -1')
    expect(() => plan(inviscid, { time: 1, scheme: 'wenno5' })).toThrow(/^plan: scheme must be one of .*did you mean 'weno5'/)
    expect(() => plan(inviscid, { time: 1, dt: 0.1, cfl: 0.5 })).toThrow('plan: dt or cfl must be given at most once, got both')
    expect(() => plan(inviscid, { time: 1, scheme: 'godunov', cfl: 3 })).toThrow(/^plan: cfl must be at most/)
    expect(() => plan({ kind: 'wave' } as never, { time: 1 })).toThrow('plan: equation must be an equation of kind')
  })
})
