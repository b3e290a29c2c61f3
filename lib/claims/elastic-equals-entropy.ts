import type { Mark } from '../figure/figure.ts'
import type { Claim } from './claim.ts'
import { experiment } from './local-gibbs-averages.ts'
import type { Averages, Measurement, Parameters, Rung } from './local-gibbs-averages.ts'
import { sum } from './matrices.ts'
import { largest, observedOrder } from './measure.ts'

/** With some ten comparisons a right mean of 64 independent ones passes this many standard errors once in 3000 seeds. */
const allowedErrors = 4.5

/** Largest error of the averages in standard errors. */
const score = (averages: Averages[], which: 'space' | 'time'): number => largest(averages.flatMap((own) =>
  own[which].map(({ estimate, standardError }, k) => (estimate - own.exact[k]) / standardError)))

/** Largest difference of the averages over replicas and over time in standard errors. */
const difference = (averages: Averages[]): number => largest(averages.flatMap(({ space, time }) => space.map(({ estimate, standardError }, k) =>
  (estimate - time[k].estimate) / Math.hypot(standardError, time[k].standardError))))

/** Distance of the slope of the root mean square error from −½ beyond `allowed`, in standard errors: its logarithm over R repetitions is known to 1/√(2R). */
function slopeScore(rungs: Rung[], repetitions: number, allowed: number): number {
  const sizes = rungs.map(({ size }) => size)
  const mean = sum(sizes.map(Math.log)) / sizes.length
  const standardError = 1 / Math.sqrt(2 * repetitions * sum(sizes.map((size) => (Math.log(size) - mean) ** 2)))
  return (Math.abs(observedOrder(sizes, rungs.map(({ meanSquare }) => Math.sqrt(meanSquare))) + 0.5) - allowed) / standardError
}

/** Mean squares over what κ lets them be at most: 1/(βκn), and 2/(βκ²T). */
const shares = ({ inSpace, inTime, beta, kappa }: Averages): number[] => [
  ...inSpace.map(({ size, meanSquare }) => meanSquare * beta * kappa * size),
  ...inTime.map(({ size, meanSquare }) => (meanSquare * beta * kappa * size) / 2),
]

export const elasticEqualsEntropy: Claim<Parameters, Measurement> = {
  id: 'elastic-equals-entropy',
  paper: 'parle',
  title: 'Averages over replicas and averages over time have the same limit',
  statement: String.raw`\nabla^2f+\tfrac1\gamma I\succcurlyeq\kappa I\succ0:\quad\lim_{n\to\infty}\frac1n\sum_{a=1}^ny^a(s)\;\xrightarrow{\;s\to\infty,\;e^{-\kappa s}\;}\;\langle y\rangle_x=\lim_{T\to\infty}\frac1T\int_0^Ty(s)\,ds,\qquad dy=-\Big(\nabla f(y)+\frac{y-x}\gamma\Big)ds+\sqrt{\tfrac2\beta}\,dW`,
  hypotheses: String.raw`$x$ is held fixed; replicas differ in their noise only and start at $x$. $\kappa>0$ suffices: two laws approach each other as $e^{-\kappa s}$ or faster, the mean square error is at most $1/(\beta\kappa n)$ in each coordinate for $n$ replicas (Brascamp–Lieb) and $2/(\beta\kappa^2T)$ over a long time $T$ (spectral gap $\ge\kappa$). Where $H=f+|x-y|^2/2\gamma$ has wells apart, the limits $T\to\infty$, $s\to\infty$ are the same, but only beyond Kramers’ time; before it both averages are those of the well of $x$.`,
  source: 'Chaudhari et al. (2017), Parle, §3 (Elastic-SGD and Entropy-SGD are equivalent when the Gibbs law is ergodic); Bakry & Émery (1985)',
  parameters: {
    quick: { landscape: 'one-well', ladder: { replicas: [1, 4, 16, 64], times: [8, 32, 128, 512], repetitions: 64 }, pairs: 256, digits: null },
    full: {
      landscape: 'one-well', ladder: { replicas: [1, 4, 16, 64, 256], times: [8, 32, 128, 512, 2048], repetitions: 256 }, pairs: 4096,
      digits: { samples: 128, replicas: [1, 4, 16], times: [8, 32, 128], repetitions: 64 },
    },
  },
  seed: 0,
  experiment,
  checks: [
    {
      name: 'replicas against quadrature',
      observe: ({ averages }) => score(averages, 'space'),
      relation: 'at most',
      bound: () => allowedErrors,
      reason: 'standard errors of the mean of all replicas, independent, 6/κ after their start; the integrator, Metropolis-adjusted, has no bias (on digits one of second order in 0.15)',
    },
    {
      name: 'averages over time against quadrature',
      observe: ({ averages }) => score(averages, 'time'),
      relation: 'at most',
      bound: () => allowedErrors,
      reason: 'standard errors from independent chains of the longest time',
    },
    {
      name: 'replicas against averages over time',
      observe: ({ averages }) => difference(averages),
      relation: 'at most',
      bound: () => allowedErrors,
      reason: 'standard errors of both',
    },
    {
      name: 'slope −½ of the root mean square error in n',
      observe: ({ averages }) => Math.max(...averages.map(({ inSpace, repetitions }) => slopeScore(inSpace, repetitions, 0))),
      relation: 'at most',
      bound: () => allowedErrors,
      reason: 'independent replicas: 1/√n about quadrature; in standard errors of the slope from the number of repetitions, each rung with replicas of its own',
    },
    {
      name: 'slope −½ of the root mean square error in T',
      observe: ({ averages }) => Math.max(...averages.map(({ inTime, repetitions }) => slopeScore(inTime, repetitions, 0.02))),
      relation: 'at most',
      bound: () => allowedErrors,
      reason: 'correlations that die out at the rate κ: 1/√T; in standard errors of the slope beyond 0.02, as the variance at κT = 8 is a tenth below its asymptote',
    },
    {
      name: 'mean square errors over what κ allows',
      observe: ({ averages }) => Math.max(...averages.flatMap(shares)),
      relation: 'at most',
      bound: (_, { ladder: { repetitions }, digits }) => 1 + allowedErrors * Math.sqrt(2 / Math.min(repetitions, digits?.repetitions ?? Infinity)),
      reason: '1/(βκn) by Brascamp and Lieb’s inequality, 2/(βκ²T) by the spectral gap, and standard errors of a mean square over the repetitions',
    },
    {
      name: 'rate at which replicas forget their start, over κ',
      observe: ({ relaxations }) => Math.min(...relaxations.map(({ slowest }) => slowest)),
      relation: 'at least',
      bound: () => 1,
      reason: 'paths with the same noise approach each other by 1 − κ dt ≤ e^{−κ dt} in each step; the averages are no farther apart than the paths',
    },
  ],
  control: {
    broken: String.raw`two wells, $x$ in the lighter one, which has 0.1 % of the mass: $\beta\Delta H=15.4$, Kramers’ time $3\cdot10^6$, and $s$, $T$ at most 200. Both averages are those of the well and agree with each other, not with $\langle y\rangle$`,
    change: (parameters) => ({ ...parameters, landscape: 'two-wells' }),
    mustFail: [
      'replicas against quadrature', 'averages over time against quadrature', 'slope −½ of the root mean square error in n',
      'slope −½ of the root mean square error in T',
    ],
  },
  figure: ({ averages, relaxations, line }) => {
    const largestSize = Math.max(...averages.flatMap(({ inSpace, inTime }) => [...inSpace.map(({ size }) => size), ...inTime.map(({ size }) => size / 2)]))
    const root = (own: Averages, { meanSquare }: Rung): number => Math.sqrt(meanSquare * own.beta * own.kappa)
    return {
      title: 'Averages over replicas and over time',
      caption: 'Fixed x. Left: root mean square distance of averages from quadrature, in units of 1/√(βκ). Middle: replicas that start at x and others in equilibrium, '
        + 'in pairs with the same noise. Right: the local Gibbs law and all replicas on the line.',
      panels: [
        {
          title: 'error of the averages', x: { label: 'replicas n, or κT/2', type: 'log' }, y: { label: 'r.m.s. error · √(βκ)', type: 'log' },
          marks: [
            { kind: 'line', x: [1, largestSize], y: [1, 1 / Math.sqrt(largestSize)], label: '1/√n', color: 6, dashed: true },
            ...averages.slice(0, 2).flatMap((own, i): Mark[] => [
              { kind: 'points', x: own.inSpace.map(({ size }) => size), y: own.inSpace.map((rung) => root(own, rung)), label: `${own.name}, replicas`, color: 2 * i },
              { kind: 'points', x: own.inTime.map(({ size }) => size / 2), y: own.inTime.map((rung) => root(own, rung)), label: `${own.name}, time`, color: 2 * i + 1 },
            ]),
          ],
        },
        {
          title: 'forgetting the start', x: { label: 'κs' }, y: { label: 'distance', type: 'log' },
          marks: [
            ...relaxations.map(({ name, time, apart }, color): Mark => ({ kind: 'line', x: time, y: apart, label: `${name}, paths`, color })),
            ...relaxations.map(({ time, averages: distance }, color): Mark => ({ kind: 'line', x: time, y: distance, color, dashed: true, ...(color === 0 && { label: 'line, averages' }) })),
            { kind: 'line', x: [0, 4], y: [1, Math.exp(-4)], label: 'exp(−κs)', color: 6 },
          ],
        },
        {
          title: 'where replicas are', x: { label: 'y' }, y: { label: 'density' },
          marks: [
            { kind: 'line', x: line.y, y: line.density, label: 'local Gibbs law' },
            { kind: 'points', x: line.places, y: line.replicas, label: 'replicas' },
          ],
        },
      ],
      columns: 3,
    }
  },
}
