import { landscapes } from '../potential/index.ts'
import type { Potential } from '../potential/potential.ts'
import { twoScale } from '../sde/two-scale.ts'
import type { Claim, Context } from './claim.ts'
import { evenly, largest } from './measure.ts'
import { afterSteps, averagedEnd, distanceFrom, extrapolated, jackknife, meanAt, meanOf, ratesOf, rungOf, strongError, weakError } from './two-scale-runs.ts'
import type { LinearTwoScale, Rung } from './two-scale-runs.ts'

interface Parameters {
  replicas: number[]
  /** Halves from one to the next. */
  epsilons: number[]
  ratio: number
  /** Antithetic pairs for each number of replicas. */
  pairs: number[]
  /** What is to lead to −∇u: ε → 0 with the most replicas, or more and more replicas at the largest ε. */
  limit: 'epsilon' | 'replicas'
}

/** Ensembles of one potential: at every number of replicas a ladder in ε. */
interface Ensembles {
  end: number
  ladders: Rung[][]
  /** |E x(T) − X(T)| on the way to the limit. */
  way: number[]
}

interface Fixed {
  replicas: number
  /** −d log E x/dt between two times, and that of the step's recursion. */
  rate: number
  stepRate: number
  /** n⟨x²⟩ in the end, with the recursion's value. */
  variance: { estimate: number; standardError: number }
  stepVariance: number
  means: number[]
}

interface Measurement {
  well: Ensembles
  linear: Ensembles & { recursion: { mean: number; square: number }[][] }
  fixed: Fixed[]
}

const time = 1
const well = { f: landscapes.doubleWell(), gamma: 0.5, beta: 4, start: 0.4 }
const line = { lambda: 1.5, gamma: 0.7, beta: 3, start: 1 }
/** Where the slow rate and the stationary variance are compared. */
const fixedEpsilon = 0.2
/** For the rate, which a step changes by its own size; and for the variance. */
const fixedSteps = { rate: 0.01, variance: 0.02 }
const rateTimes = [1, 2] as const
const relaxed = 6
const averagedRate = line.lambda / (1 + line.lambda * line.gamma)
const slowVariance = fixedEpsilon / (fixedEpsilon + 1 + line.lambda * line.gamma) / (line.beta * line.lambda)

const systemOf = (epsilon: number, replicas: number): LinearTwoScale => ({ ...line, epsilon, replicas })

/** Student's law with 19 degrees of freedom: 1e−5 of it is beyond, on both sides together. */
const allowedErrors = 5.9
const kept = new Map<string, Promise<Rung>>()

interface Setting {
  f: Potential
  gamma: number
  beta: number
  start: number
  /** Where every replica starts. */
  fast: number
  end: number
}

/** The same ensemble for a run and its control. */
function ensemble({ f, gamma, beta, start, fast, end }: Setting, epsilon: number, replicas: number, given: { ratio: number; until: number; pairs: number; seed: number }): Promise<Rung> {
  const key = JSON.stringify([f.name, start, end, epsilon, replicas, given])
  const { ratio, until, pairs, seed } = given
  if (!kept.has(key)) {
    const equation = twoScale({ potential: f, gamma, beta, epsilon, replicas })
    kept.set(key, rungOf({ equation, start: [start, ...new Array<number>(replicas).fill(fast)], end: [end], epsilon, ratio, time: until, pairs, seed }))
  }
  return kept.get(key)!
}

async function ensemblesOf(setting: Setting, { replicas, epsilons, ratio, pairs, limit }: Parameters, { seed }: Context): Promise<Ensembles> {
  const rung = (epsilon: number, k: number): Promise<Rung> => ensemble(setting, epsilon, replicas[k], { ratio, until: time, pairs: pairs[k], seed })
  const ladders: Rung[][] = []
  for (const k of replicas.keys()) {
    ladders.push([])
    for (const epsilon of epsilons) ladders[k].push(await rung(epsilon, k))
  }
  const way = limit === 'epsilon' ? ladders.at(-1)! : ladders.map(([largestEpsilon]) => largestEpsilon)
  return { end: setting.end, ladders, way: way.map((one) => weakError(one, whole(one))) }
}

async function fixedRuns(setting: Setting, { pairs }: Parameters, { seed }: Context): Promise<Fixed[]> {
  const runs: Fixed[] = []
  for (const n of [1, 4, 64]) {
    const system = systemOf(fixedEpsilon, n)
    const at = (until: number, dt: number): { mean: number; variance: number } => afterSteps(system, [line.start, setting.fast], dt, Math.round(until / dt))
    const given = (kind: keyof typeof fixedSteps): { ratio: number; seed: number } => ({ ratio: fixedSteps[kind] / fixedEpsilon, seed })
    const means: number[] = []
    for (const until of rateTimes) {
      const rung = await ensemble({ ...setting, end: 0 }, fixedEpsilon, n, { ...given('rate'), until, pairs: 20 })
      means.push(meanOf(rung, whole(rung), 0))
    }
    const wide = await ensemble({ ...setting, start: 0, fast: 0, end: 0 }, fixedEpsilon, n, { ...given('variance'), until: relaxed, pairs: Math.round((4 * pairs[0]) / n ** 0.8) })
    const rateOf = ([first, second]: readonly number[]): number => Math.log(first / second) / (rateTimes[1] - rateTimes[0])
    runs.push({
      replicas: n, means, rate: rateOf(means), stepRate: rateOf(rateTimes.map((until) => at(until, fixedSteps.rate).mean)),
      variance: jackknife((groups) => n * strongError(wide, groups) ** 2), stepVariance: n * at(relaxed, fixedSteps.variance).variance,
    })
  }
  return runs
}

async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  const { epsilons, ratio, replicas } = parameters
  await context.step({ fraction: 0, activity: 'ensembles over ε and the number of replicas, double well' })
  const [end] = averagedEnd(well.f, well, [well.start], time, 16)
  const ofWell = await ensemblesOf({ ...well, fast: well.start - 1, end }, parameters, context)
  await context.step({ fraction: 0.5, activity: 'the same, quadratic' })
  const fast = line.start / (1 + line.lambda * line.gamma)
  const setting: Setting = { ...line, f: landscapes.quadratic({ curvatures: [line.lambda] }), fast, end: line.start * Math.exp(-averagedRate * time) }
  const linear = await ensemblesOf(setting, { ...parameters, pairs: parameters.pairs.map((count) => count / 2) }, context)
  const recursion = replicas.map((n) => epsilons.map((epsilon) => {
    const { mean, variance } = afterSteps(systemOf(epsilon, n), [line.start, fast], ratio * epsilon, Math.round(time / (ratio * epsilon)))
    return { mean, square: variance + (mean - setting.end) ** 2 }
  }))
  await context.step({ fraction: 0.8, activity: 'slow rate and stationary variance' })
  return { well: ofWell, linear: { ...linear, recursion }, fixed: await fixedRuns(setting, parameters, context) }
}

const whole = ({ means }: Rung): number[] => Array.from(means.keys())

/** E x(T) as ε → 0 from X(T), the largest over the numbers of replicas. */
function limits({ ladders }: Ensembles, { epsilons }: Parameters): number {
  return largest(ladders.map((rungs) => distanceFrom(0, (groups, fewer) =>
    extrapolated(epsilons.slice(fewer), rungs.slice(fewer).map((rung) => meanOf(rung, groups, 0))))))
}

/** lim n Var x/ε at n replicas from that at one, the largest over n. */
function spreads({ ladders: [alone, ...others] }: Ensembles, { epsilons, replicas }: Parameters): number {
  const spread = (rungs: readonly Rung[], n: number, groups: readonly number[], fewer: 0 | 1): number => extrapolated(epsilons.slice(fewer), rungs.slice(fewer).map((rung) =>
    (n * (strongError(rung, groups) ** 2 - weakError(rung, groups) ** 2)) / rung.epsilon))
  return largest(others.map((rungs, k) => distanceFrom(0, (groups, fewer) => spread(rungs, replicas[k + 1], groups, fewer) - spread(alone, 1, groups, fewer))))
}

const lastOverFirst = (way: readonly number[]): number => way.at(-1)! / way[0]

/** A fall of order one in ε, and a third of it for the next order. */
const fall = (_: Measurement, { epsilons }: Parameters): number => (4 / 3) * (epsilons.at(-1)! / epsilons[0])

export const elasticLimit: Claim<Parameters, Measurement> = {
  id: 'elastic-limit',
  paper: 'deep-relaxation',
  title: 'Elastic-SGD in continuous time has the averaged equation of Entropy-SGD',
  statement: String.raw`dx=\tfrac1\gamma\Big(\tfrac1n\sum_i y_i-x\Big)ds,\quad dy_i=-\tfrac1\varepsilon\Big(\nabla f(y_i)+\tfrac{y_i-x}\gamma\Big)ds+\sqrt{\tfrac{2}{\beta\varepsilon}}\,dW_i\quad\xrightarrow{\ \varepsilon\to0\ }\quad\dot X=-\nabla u(X,\gamma)\quad\text{for every }n`,
  hypotheses: String.raw`As for one replica (claim homogenization). It is $\varepsilon\to0$ that leads there, for every $n$: $\sqrt{E|x-X|^2}=O(\sqrt{\varepsilon/n})+O(\varepsilon)$. More replicas at fixed $\varepsilon$ take the fluctuations away and leave the lag: their limit is $\dot X=\tfrac1\gamma(E y_s-X)$ with the fast law of the moment, not the stationary one.`,
  source: 'Chaudhari et al. (2018), Deep Relaxation, §3 (Elastic-SGD); Zhang, Choromanska & LeCun (2015); Pavliotis & Stuart (2008), Multiscale Methods, ch. 10, 17',
  parameters: {
    quick: { replicas: [1, 4, 16], epsilons: [1 / 16, 1 / 32, 1 / 64], ratio: 0.1, pairs: [400, 160, 60], limit: 'epsilon' },
    full: { replicas: [1, 4, 16, 64], epsilons: [1 / 16, 1 / 32, 1 / 64, 1 / 128], ratio: 0.1, pairs: [6000, 2000, 600, 200], limit: 'epsilon' },
  },
  seed: 0,
  experiment,
  checks: [
    {
      name: 'E x(T) as ε → 0 at every n, double well',
      observe: ({ well: own }, parameters) => limits(own, parameters),
      relation: 'at most',
      bound: () => allowedErrors,
      reason: 'standard errors of 20 groups of antithetic pairs, beyond what leaving out the largest ε changes; X(T) by Runge–Kutta on quadrature',
    },
    {
      name: 'n Var x(T)/ε as ε → 0, at n replicas from one, double well',
      observe: ({ well: own }, parameters) => spreads(own, parameters),
      relation: 'at most',
      bound: () => allowedErrors,
      reason: 'fluctuations √(ε/n): standard errors, beyond what leaving out the largest ε changes',
    },
    {
      name: 'E x(T) at every n and ε, quadratic, against the closed form',
      observe: ({ linear: { ladders, end } }, { epsilons }) => largest(ladders.flatMap((rungs, k) => rungs.map((rung, j) =>
        end + meanOf(rung, whole(rung), 0) - meanAt(systemOf(epsilons[j], k + 1), [line.start, line.start / (1 + line.lambda * line.gamma)], time)))),
      relation: 'at most',
      bound: ({ linear: { recursion } }, { epsilons }) => largest(recursion[0].map(({ mean }, j) =>
        mean - meanAt(systemOf(epsilons[j], 1), [line.start, line.start / (1 + line.lambda * line.gamma)], time))) + 1e-12,
      reason: 'the mean of the replicas obeys the system of one: the same lag for every n; beyond it the step’s error, known from its recursion, and round-off (antithetic pairs)',
    },
    {
      name: 'E(x(T) − X(T))² at every n and ε, quadratic, against √(ε/n) and floor',
      observe: ({ linear: { ladders, recursion } }) => largest(ladders.flatMap((rungs, k) => rungs.map((rung, j) => {
        const { estimate, standardError } = jackknife((groups) => strongError(rung, groups) ** 2)
        return (estimate - recursion[k][j].square) / standardError
      }))),
      relation: 'at most',
      bound: () => allowedErrors,
      reason: 'standard errors; the variance is that of one replica over n and the square of the lag does not depend on n, both from the 2×2 recursion',
    },
    {
      name: 'slow rate for n = 1, 4, 64, quadratic, against F11',
      observe: ({ fixed }) => largest(fixed.map(({ rate }) => rate - ratesOf(systemOf(fixedEpsilon, 1))[0])),
      relation: 'at most',
      bound: ({ fixed }) => largest(fixed.map(({ stepRate }) => stepRate - ratesOf(systemOf(fixedEpsilon, 1))[0])) + 1e-10,
      reason: 'μ² − μ(1/γ + (λ + 1/γ)/ε) + λ/(εγ) = 0 has the slow root .6968848; beyond it the step’s error −log(1 − μdt)/dt − μ',
    },
    {
      name: 'slow rate from that of the averaged equation',
      observe: ({ fixed }) => Math.min(...fixed.map(({ rate }) => averagedRate - rate)),
      relation: 'at least',
      bound: () => 0.9 * (averagedRate - ratesOf(systemOf(fixedEpsilon, 1))[0]),
      reason: 'the lag at fixed ε: .7317073 − .6968848, less a tenth for the step’s error',
    },
    {
      name: 'n⟨x²⟩ for n = 1, 4, 64, quadratic, against F11',
      observe: ({ fixed }) => largest(fixed.map(({ variance, stepVariance }) =>
        Math.max(0, Math.abs(variance.estimate - slowVariance) - Math.abs(stepVariance - slowVariance)) / variance.standardError)),
      relation: 'at most',
      bound: () => allowedErrors,
      reason: '(1/βλ) ε/(ε + 1 + λγ) = .0197531: standard errors, beyond the step’s error, which the recursion tells',
    },
    {
      name: 'distance of E x(T) from X(T) on the way, last over first, quadratic',
      observe: ({ linear: { way } }) => lastOverFirst(way),
      relation: 'at most',
      bound: fall,
      reason: 'with the most replicas ε → 0 still has to take the lag away: order one in ε, and a third of it for the next order',
    },
    {
      name: 'distance of E x(T) from X(T) on the way, last over first, double well',
      observe: ({ well: { way } }) => lastOverFirst(way),
      relation: 'at most',
      bound: fall,
      reason: 'the same, for the lag and for the layer at the start, where every replica is off by one',
    },
  ],
  control: {
    broken: String.raw`$n\to\infty$ at fixed $\varepsilon$ is taken for $-\nabla u$`,
    change: (parameters) => ({ ...parameters, limit: 'replicas' }),
    mustFail: ['distance of E x(T) from X(T) on the way, last over first, quadratic', 'distance of E x(T) from X(T) on the way, last over first, double well'],
  },
  figure: ({ well: own, linear, fixed }, { replicas, epsilons }) => {
    const times = evenly(0, 2.5, 51)
    const fast = line.start / (1 + line.lambda * line.gamma)
    const many = evenly(0, 10, 41).map((power) => 2 ** power)
    const [[alone]] = linear.recursion
    const lag = alone.mean - linear.end
    return {
      title: 'Elastic-SGD in continuous time',
      caption: 'Left: double well, every replica one off at the start; the thin lines have slope ½. Middle: quadratic at the largest ε, beside the exact curve; what the replicas leave is the lag. Right: E x of the quadratic at ε = 0.2.',
      panels: [
        {
          title: 'r.m.s. of x(T) − X(T) over ε',
          x: { label: 'ε', type: 'log' },
          y: { label: 'r.m.s.', type: 'log' },
          marks: replicas.flatMap((n, k) => {
            const errors = own.ladders[k].map((rung) => strongError(rung, whole(rung)))
            return [
              { kind: 'points' as const, x: epsilons, y: errors, label: `n = ${n}`, color: k },
              { kind: 'line' as const, x: epsilons, y: epsilons.map((e) => errors.at(-1)! * Math.sqrt(e / epsilons.at(-1)!)), width: 0.7, color: k },
            ]
          }),
        },
        {
          title: `r.m.s. over n at ε = 1/${Math.round(1 / epsilons[0])}`,
          x: { label: 'replicas n', type: 'log' },
          y: { label: 'r.m.s.', type: 'log' },
          marks: [
            {
              kind: 'points', x: replicas, y: linear.ladders.map(([rung]) => strongError(rung, whole(rung))), label: 'ensembles', color: 0,
              errors: linear.ladders.map(([rung]) => 2 * jackknife((groups) => strongError(rung, groups)).standardError),
            },
            { kind: 'line', x: many, y: many.map((n) => Math.sqrt((alone.square - lag * lag) / n + lag * lag)), color: 0 },
            { kind: 'rule', axis: 'y', at: Math.abs(lag), label: 'lag', color: 6, dashed: true },
          ],
        },
        {
          title: 'slow rate',
          x: { label: 'time' },
          y: { label: 'E x', type: 'log' },
          marks: [
            { kind: 'line', x: times, y: times.map((t) => meanAt(systemOf(fixedEpsilon, 1), [line.start, fast], t)), label: 'closed form, every n', color: 0 },
            { kind: 'line', x: times, y: times.map((t) => line.start * Math.exp(-averagedRate * t)), label: 'averaged equation', color: 6, dashed: true },
            { kind: 'points', x: fixed.flatMap(() => [...rateTimes]), y: fixed.flatMap(({ means }) => means), label: `n = ${fixed.map(({ replicas: n }) => n).join(', ')}`, color: 1 },
          ],
        },
      ],
      columns: 3,
    }
  },
}
