import { describe, expect, it } from 'vitest'
import { nodeAt } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import { fokkerPlanck } from '../../lib/pde/fokker-planck/equation.ts'
import { committor, meanFirstPassageTime } from '../../lib/pde/passage.ts'
import { probabilityCurrent } from '../../lib/pde/probability-current.ts'
import { slowestMode, spectralGap } from '../../lib/pde/spectral-gap.ts'
import { stationary } from '../../lib/pde/stationary.ts'
import { landscapes, potential } from '../../lib/potential/index.ts'

const well = (beta: number, size = 1201) => fokkerPlanck({ grid: grid({ min: -3, max: 3, size }), potential: landscapes.doubleWell(), beta })

describe('escape from a well of (x² − 1)²/4', () => {
  // Second eigenvalues and passage times from −1 to 1 by independent integrals (Kramers 1940; Gardiner, Handbook of Stochastic Methods, §5.2.7).
  it.each([[5, 0.13477798, 19.0939], [10, 0.03354529, 66.2686], [20, 0.002776141, 729.6707], [40, 1.95893e-5, 102108.365]])(
    'at β = %d: gap and mean first passage time to four digits', async (beta, gap, tau) => {
      expect(Math.abs((await spectralGap(well(beta))) / gap - 1)).toBeLessThan(1e-4)
      const passage = await meanFirstPassageTime(well(beta), { target: (x) => x >= 1 - 1e-9 })
      expect(Math.abs(passage.at(-1) / tau - 1)).toBeLessThan(1e-4)
      expect(passage.at(1.5)).toBe(0)
    })

  it('is of second order in the spacing', async () => {
    const [coarse, fine] = await Promise.all([151, 301].map(async (size) => Math.abs((await spectralGap(well(5, size))) / 0.13477798 - 1)))
    expect(Math.log2(coarse / fine)).toBeGreaterThan(1.75)
  })

  it('the slowest mode is odd, one on the right and minus one on the left for cold wells', async () => {
    const { eigenfunction, frequency } = await slowestMode(well(40))
    expect(frequency).toBe(0)
    expect(Math.abs(eigenfunction.at(1) + eigenfunction.at(-1))).toBeLessThan(1e-6)
    expect(Math.abs(Math.abs(eigenfunction.at(1)) - 1)).toBeLessThan(1e-3)
  })
})

describe('committor', () => {
  it('on the line is the integral of e^{βf}', async () => {
    const beta = 4
    const f = potential('(x^2 - 1)^2/4 + x/5')
    const q = await committor(fokkerPlanck({ grid: grid({ min: -2, max: 2, size: 801 }), potential: f, beta }), { from: (x) => x <= -1 + 1e-9, to: (x) => x >= 1 - 1e-9 })
    const integral = (to: number): number => {
      const n = 20_000
      let sum = 0
      for (let i = 0; i < n; i++) sum += Math.exp(beta * f.value([-1 + ((i + 0.5) * (to + 1)) / n]))
      return (sum * (to + 1)) / n
    }
    // Second order in h = 0.005, with curvatures of e^{βf} of some 10 of its size.
    for (const x of [-0.9, -0.5, 0, 0.3, 0.8]) expect(Math.abs(q.at(x) - integral(x) / integral(1))).toBeLessThan(1e-4)
    expect([q.at(-1.5), q.at(1.5)]).toEqual([0, 1])
  })
})

describe('the Ornstein–Uhlenbeck process that rotates', () => {
  // F = diag(3, 1), D = [[1, .6], [.6, .8]], β = 2: FΣ + ΣFᵀ = 2D/β, U = (βΣ)⁻¹, j = −QUx with Q₁₂ = 0.3 antisymmetric.
  const sigma = [1 / 6, 0.15, 0.15, 0.4]
  const det = sigma[0] * sigma[3] - sigma[1] * sigma[2]
  const [u11, u12, u22] = [sigma[3] / (2 * det), -sigma[1] / (2 * det), sigma[0] / (2 * det)]
  const equationOn = (size: number) => fokkerPlanck({
    grid: grid([{ min: -2.4, max: 2.4, size }, { min: -3.2, max: 3.2, size }]), beta: 2, diffusion: [[1, 0.6], [0.6, 0.8]],
    drift(x, out) {
      out[0] = -3 * x[0]
      out[1] = -x[1]
    },
  })
  const measure = async (size: number): Promise<{ covariance: number; current: number }> => {
    const equation = equationOn(size)
    const density = await stationary(equation)
    const weights = density.grid.weights().data
    const current = probabilityCurrent(equation, density)
    const moments = [0, 0, 0]
    let [worst, largest] = [0, 0]
    for (let i = 0; i < density.grid.size; i++) {
      const [x, y] = nodeAt(density.grid, i)
      const rho = density.values.data[i]
      moments[0] += weights[i] * rho * x * x
      moments[1] += weights[i] * rho * x * y
      moments[2] += weights[i] * rho * y * y
      const exact = [-0.3 * (u12 * x + u22 * y) * rho, 0.3 * (u11 * x + u12 * y) * rho]
      exact.forEach((value, k) => {
        worst = Math.max(worst, Math.abs(current[k].values.data[i] - value))
        largest = Math.max(largest, Math.abs(value))
      })
    }
    return { covariance: Math.max(...[sigma[0], sigma[1], sigma[3]].map((s, k) => Math.abs(moments[k] - s))), current: worst / largest }
  }

  it('has its covariance and its current at second order in h', async () => {
    const [coarse, fine] = [await measure(33), await measure(65)]
    expect(Math.log2(coarse.covariance / fine.covariance)).toBeGreaterThan(1.5)
    expect(Math.log2(coarse.current / fine.current)).toBeGreaterThan(1.5)
    expect(fine.covariance).toBeLessThan(0.01)
    expect(fine.current).toBeLessThan(0.05)
  })
})

it('bad input is refused', async () => {
  await expect(spectralGap({ kind: 'heat' } as never)).rejects.toThrow(/^spectralGap: equation must be an equation made by fokkerPlanck\(\)/)
  await expect(meanFirstPassageTime(well(5, 21), {} as never)).rejects.toThrow(/^meanFirstPassageTime: target must be/)
  await expect(committor(well(5, 21), { from: () => true, to: () => true })).rejects.toThrow(/^committor: /)
})
