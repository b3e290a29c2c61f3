import { describe, expect, it } from 'vitest'
import { Cancelled } from '../../lib/core/errors.ts'
import { grid } from '../../lib/grid/grid.ts'
import { potential } from '../../lib/potential/index.ts'
import type { Ensemble } from '../../lib/sde/ensemble.ts'
import { ornsteinUhlenbeck } from '../../lib/sde/ornstein-uhlenbeck.ts'
import { overdampedLangevin } from '../../lib/sde/overdamped-langevin.ts'
import { sde } from '../../lib/sde/sde.ts'
import { simulate } from '../../lib/sde/simulate.ts'
import { numbers, off } from './cases.ts'

const plane = overdampedLangevin({ potential: potential('(x^2-1)^2/4 + x y/3 + y^2/2'), beta: 3 })
const square = grid([{ min: -2, max: 2, size: 9 }, { min: -1, max: 1.5, size: 6, nodes: 'centers' }])
const observe = { radius: (x: Float64Array) => Math.hypot(x[0], x[1]), slope: (x: Float64Array) => x[0] - 2 * x[1] }
const base = { initial: [0.5, -0.2], dt: 0.1, time: 0.5, paths: 2500, seed: 11, saveAt: [0.2, 0.4], observe }
const statistics = { moments: true, quantiles: true, histogram: square }
const lean = { ...base, keep: 'none' as const, statistics }

/** All that an ensemble without points answers. */
const answers = (ensemble: Ensemble): unknown => [0.2, 0.4, 0.5].map((time) => [
  ensemble.mean('radius', time), ensemble.mean('slope', time), ensemble.mean(0, time), ensemble.mean(1, time),
  numbers(ensemble.covariance(time)), numbers(ensemble.histogram(square, time).values), ensemble.quantile('slope', 0.1, time),
])

describe.each([false, true])('ensembles without points, antithetic: %s', (antithetic) => {
  it('answer as those with points bit for bit, quantiles within 1/256', async () => {
    const kept = await simulate(plane, { ...base, antithetic })
    const formed = await simulate(plane, { ...lean, antithetic })
    for (const time of [0.2, 0.4, 0.5]) {
      for (const f of ['radius', 'slope', 0, 1]) expect(formed.mean(f, time)).toEqual(kept.mean(f, time))
      expect(kept.mean((x) => x[1], time)).toEqual(kept.mean(1, time))
      expect(kept.mean(observe.slope, time)).toEqual(kept.mean('slope', time))
      expect(numbers(formed.covariance(time))).toEqual(numbers(kept.covariance(time)))
      expect(numbers(formed.histogram(grid(square.axes.slice()), time).values)).toEqual(numbers(kept.histogram(square, time).values))
      for (const name of ['radius', 'slope']) {
        for (const probability of [0.001, 0.1, 0.5, 0.95]) {
          const [exact, sketched] = [kept.quantile(name, probability, time), formed.quantile(name, probability, time)]
          expect(Math.abs(sketched.estimate - exact.estimate)).toBeLessThanOrEqual(Math.abs(exact.estimate) / 255)
          expect(sketched.interval[0]).toBeLessThanOrEqual(exact.interval[0])
          expect(sketched.interval[1]).toBeGreaterThanOrEqual(exact.interval[1])
          // A bin is a share of 1/128 wide at most.
          if (sketched.standardError < Infinity) expect(Math.abs(sketched.standardError - exact.standardError)).toBeLessThan((2 / 3.9 / 127) * Math.max(...exact.interval.map(Math.abs)))
        }
      }
    }
    expect(formed.observed).toEqual(kept.observed)
  })

  it('are the same in all block sizes and after cancellations', async () => {
    const whole = answers(await simulate(plane, { ...lean, antithetic, blockSize: 500 }))
    for (const blockSize of [7, 1024, 4096]) expect(answers(await simulate(plane, { ...lean, antithetic, blockSize }))).toEqual(whole)
    let calls = 0
    let controller = new AbortController()
    const counted = { ...lean, antithetic, blockSize: 500, observe: { ...observe, radius: (x: Float64Array) => (++calls === 1500 && controller.abort(), observe.radius(x)) } }
    const stopped = await simulate(plane, { ...counted, signal: controller.signal }).catch((error: unknown) => error)
    expect(stopped).toBeInstanceOf(Cancelled)
    const state = structuredClone((stopped as Cancelled).state)
    controller = new AbortController()
    // Twice: the state is not used up.
    for (let k = 0; k < 2; k++) expect(answers(await simulate(plane, { ...counted, resume: state }))).toEqual(whole)
    await expect(simulate(plane, { ...counted, statistics: { moments: true }, resume: state })).rejects.toThrow('simulate: resume.statistics must be')
  })
})

describe('ensembles', () => {
  const line = ornsteinUhlenbeck({ relaxation: [[1]], diffusion: [[1]], beta: 1 })

  it('have quantiles of the normal law', async () => {
    const ensemble = await simulate(line, { initial: [0], dt: 0.1, time: 2, paths: 40_000, seed: 4, method: 'euler-maruyama' })
    const deviation = Math.sqrt((0.2 * (1 - 0.81 ** 20)) / 0.19)
    for (const [probability, z] of [[0.5, 0], [0.841344746, 1], [0.022750132, -2]]) {
      const quantile = ensemble.quantile(0, probability)
      expect(off(quantile, z * deviation)).toBeLessThan(4)
      // √(p(1 − p)/n) over the density; an interval of 400 or more ranks is known to some 5 %.
      const expected = Math.sqrt((probability * (1 - probability)) / 40_000) / (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI) / deviation)
      expect(Math.abs(quantile.standardError / expected - 1)).toBeLessThan(0.3)
    }
  })

  it('have time averages with the autocorrelation time of the Ornstein–Uhlenbeck process', async () => {
    const saveAt = Array.from({ length: 1601 }, (_, j) => j * 0.25)
    const ensemble = await simulate(line, { initial: [0], dt: 0.05, time: 400, paths: 15, seed: 5, saveAt, observe: { square: (x) => x[0] ** 2 } })
    const average = ensemble.timeAverage(0, 10)
    // Five steps of factor 0.95 between saved times: ρ = 0.95^5, τ = 0.25 (1 + ρ)/(1 − ρ), and ρ² for the square.
    for (const [found, rho, mean] of [[average, 0.95 ** 5, 0], [ensemble.timeAverage('square', 10), 0.95 ** 10, 0.1 / (1 - 0.95 ** 2)]] as const) {
      const tau = (0.25 * (1 + rho)) / (1 - rho)
      expect(found.settled).toBe(true)
      expect(off(found, mean)).toBeLessThan(4)
      // Known to about √(2·5τ/n) with n = 15·1561 samples and τ of up to 8 of them: 6 %. (Of 16 paths or more the spread of their means may raise τ, and 60 know it to 18 % only.)
      expect(Math.abs(found.autocorrelationTime / tau - 1)).toBeLessThan(0.25)
      expect(found.effectiveSampleSize * found.autocorrelationTime).toBeCloseTo(15 * 1561 * 0.25, 6)
    }
    expect(() => ensemble.timeAverage(0, 399.5)).toThrow('timeAverage: saveAt must be at least 4 equally spaced times from `from` on, got 3')
  })

  it('diverge no matter when they are looked at', async () => {
    const cubic = overdampedLangevin({ potential: potential('x^4/4 - x^6'), beta: 1 })
    const given = { initial: [0], dt: 0.1, time: 3, paths: 300, seed: 2 }
    const often = await simulate(cubic, { ...given, saveAt: Array.from({ length: 61 }, (_, j) => j / 20).filter((_, j) => j % 2 === 0) })
    const once = await simulate(cubic, given)
    expect(numbers(often.final)).toEqual(numbers(once.final))
    expect(often.diverged).toBeGreaterThan(0)
    // Paths that come back from beyond the bound stay diverged.
    const thereAndBack = sde({ dim: 1, drift: (_x, t, out) => out.fill(t < 1 ? 1e11 : -1e11), noise: 1 })
    const far = await simulate(thereAndBack, { initial: [0], dt: 0.5, time: 2, paths: 4, seed: 1 })
    expect(far.diverged).toBe(4)
  })

  it('refuse what they cannot answer', async () => {
    const [kept, formed] = [await simulate(plane, { ...base, paths: 3 }), await simulate(plane, { ...base, keep: 'none', paths: 3 })]
    const single = await simulate(plane, { ...base, paths: 1 })
    const bare = await simulate(plane, { ...lean, observe: {}, statistics: {}, paths: 3 })
    const cases: [() => unknown, string][] = [
      [() => single.covariance(), 'covariance: paths must be at least 2 that are finite, got 1'],
      [() => kept.mean(() => NaN), 'mean: f(0.'],
      [() => kept.mean('height'), "mean: f must be a function, one of 'radius', 'slope' or the number of a coordinate, 0 to 1, got \"height\""],
      [() => kept.mean(2), 'the number of a coordinate, 0 to 1, got 2'],
      [() => kept.quantile(0, 1), 'quantile: probability must be a number between 0 and 1, got 1'],
      [() => kept.quantile(() => Infinity, 0.5), 'quantile: f('],
      [() => kept.quantile(0, 0.5, 0.3), 'quantile: time must be one of the saved times 0.2, 0.4, 0.5, got 0.3'],
      [() => kept.timeAverage(0), 'timeAverage: saveAt must be at least 4 equally spaced times from `from` on, got 2'],
      [() => kept.timeAverage(0, NaN), 'timeAverage: from must be a finite number, got NaN'],
      [() => formed.final, "final: keep must be 'final' for points to be there, got 'none'"],
      [() => formed.timeAverage(0), "timeAverage: keep must be 'final' for points to be there, got 'none'"],
      [() => formed.mean((x) => x[0]), "mean: f must be one of 'radius', 'slope' or the number of a coordinate where keep is 'none', got a function"],
      [() => formed.mean(0), "mean: keep must be 'final' for points to be there, or statistics.moments given, got 'none' without"],
      [() => formed.covariance(), 'covariance: keep must be \'final\' for points to be there, or statistics.moments given'],
      [() => formed.quantile('radius', 0.5), 'statistics.quantiles given'],
      [() => formed.quantile(0, 0.5), "quantile: f must be one of 'radius', 'slope' where keep is 'none', got 0"],
      [() => formed.histogram(square), 'statistics.histogram given'],
      [() => bare.mean('radius'), "mean: f must be something observed, which nothing is or the number of a coordinate where keep is 'none', got \"radius\""],
    ]
    for (const [call, message] of cases) expect(call).toThrow(message)
    const other = await simulate(plane, { ...lean, paths: 3 })
    expect(() => other.histogram(grid([{ min: -2, max: 2, size: 9 }, { min: -1, max: 1.5, size: 6 }]))).toThrow("grid must be statistics.histogram where keep is 'none', got one with other axes")
    for (const [change, message] of [
      [{ keep: 'final' }, "simulate: keep must be 'none' for statistics, which points that are kept give without, got 'final'"],
      [{ statistics: { moment: true } }, 'did you mean moments?'],
      [{ statistics: { moments: 1 } }, 'simulate: statistics.moments must be true or false, got 1'],
      [{ statistics: { histogram: grid({ min: 0, max: 1, size: 4 }) } }, 'simulate: statistics.histogram must be a grid with 2 axes'],
    ] as const) await expect(simulate(plane, { ...lean, ...change } as never)).rejects.toThrow(message)
    const steep = overdampedLangevin({ potential: potential('-x^4'), beta: 1 })
    const gone = await simulate(steep, { initial: [5], dt: 0.5, time: 10, paths: 10, seed: 2, keep: 'none', observe: { x: (x) => x[0] }, statistics: { moments: true, quantiles: true } })
    for (const call of [() => gone.mean('x'), () => gone.covariance(), () => gone.quantile('x', 0.5)]) expect(call).toThrow('paths must be finite, got 10 that have all diverged')
  })
})
