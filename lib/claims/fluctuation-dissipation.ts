import type { Mark } from '../figure/figure.ts'
import type { Estimate } from '../stats/estimate.ts'
import type { Claim } from './claim.ts'
import { largest } from './measure.ts'
import { experiment } from './sgd-stationarity.ts'
import type { Balance, Measurement, Parameters, Setting } from './sgd-stationarity.ts'

/** Standard errors that means of 32 or more independent runs may be off: with some dozen of them Student’s law passes it once in 900 seeds. */
const allowedErrors = 4.5

const score = ({ estimate, standardError }: Estimate, exact = 0): number => (estimate - exact) / standardError

const quadratic = { problem: 'quadratic', batchSize: 2, replacement: true, momentum: 0, steps: 400, stride: 1 } as const
const leastSquares = { problem: 'least squares', batchSize: 4, replacement: false, momentum: 0, steps: 500, stride: 1 } as const
const softmax = { problem: 'softmax regression', batchSize: 8, replacement: false, momentum: 0 } as const

const full: Setting[] = [
  ...[0.1, 0.03, 0.3, 0.6].map((learningRate) => ({ ...quadratic, learningRate, steps: 1500 })),
  { ...quadratic, learningRate: 0.2, momentum: 0.8, steps: 1500 },
  ...[0.02, 0.05].map((learningRate) => ({ ...leastSquares, learningRate, steps: 1500 })),
  { ...leastSquares, learningRate: 0.05, momentum: 0.5, steps: 1500 },
  ...[0.1, 0.3].map((learningRate) => ({ ...softmax, learningRate, steps: 600, stride: 40 })),
  { ...softmax, learningRate: 0.1, momentum: 0.5, steps: 600, stride: 40 },
]

export const fluctuationDissipation: Claim<Parameters, Measurement> = {
  id: 'fluctuation-dissipation',
  paper: 'sgd-vi',
  title: 'In the stationary state of SGD descent balances gradient noise',
  statement: String.raw`x\leftarrow x-\eta g_b(x)\text{ stationary}:\quad2\langle x\cdot\nabla f\rangle=2\langle(x-x^*)\cdot\nabla f\rangle=\eta\,\langle|g_b|^2\rangle`,
  hypotheses: String.raw`Second moments are finite, and every batch is drawn afresh, so that $\mathbb E[g_b\,|\,x]=\nabla f(x)$: then $\langle|x-c|^2\rangle$ is the same after a step for every $c$, and $\langle\nabla f\rangle=0$ as $\langle x\rangle$ is. No assumption on $f$ or on the size of $\eta$. The averages here are about the minimiser, $c=x^*$, which takes noise off and no bias in; those about the origin are looked at too. With heavy ball $v\leftarrow\mu v+g_b$, $x\leftarrow x-\eta v$ the right side is $\eta(1+\mu)\langle|v|^2\rangle$.`,
  source: 'Yaida (2018), Fluctuation-dissipation relations for stochastic gradient descent, arXiv:1810.00004; Chaudhari & Soatto (2018), Stochastic gradient descent performs variational inference, for the setting',
  parameters: {
    quick: {
      settings: [
        { ...quadratic, learningRate: 0.1 }, { ...quadratic, learningRate: 0.6, replacement: false, steps: 200 }, { ...quadratic, learningRate: 0.2, momentum: 0.8 },
        { ...leastSquares, learningRate: 0.05, steps: 300 }, { ...softmax, learningRate: 0.3, steps: 128, stride: 8 },
      ],
      chains: 32, digits: { samples: 100, weightDecay: 0.2 }, burnIn: 4, away: 0,
    },
    full: { settings: full, chains: 64, digits: { samples: 1797, weightDecay: 0.1 }, burnIn: 4, away: 0 },
  },
  seed: 0,
  experiment,
  checks: [
    {
      name: 'the two sides',
      observe: ({ balances }) => largest(balances.map(({ difference }) => score(difference))),
      relation: 'at most',
      bound: () => allowedErrors,
      reason: 'standard errors of the difference from batch means, each batch a run of its own, as iterates are correlated; the left side has the full gradient at x, which knows nothing of the batch, the right one the step from x',
    },
    {
      name: 'the two sides about the origin',
      observe: ({ balances }) => largest(balances.map(({ aboutOrigin }) => score(aboutOrigin))),
      relation: 'at most',
      bound: () => allowedErrors,
      reason: 'standard errors by runs; x for x − x*',
    },
    {
      name: 'the exact laws’ two sides',
      observe: ({ balances }) => largest(balances.flatMap(({ law, rounding }) => (law ? [(law.drift / law.fluctuation - 1) / (Number.EPSILON * rounding!)] : []))),
      relation: 'at most',
      bound: () => 1,
      reason: 'in units of what rounding may do: of a quadratic with Σ_ij = (η/b)D_ij/(l_i + l_j − ηl_il_j), a dozen operations; of least squares by iterating the second moments, whose noise changes with x',
    },
    {
      name: 'each side against the exact laws',
      observe: ({ balances }) => largest(balances.flatMap(({ drift, fluctuation, law }) => (law ? [score(drift, law.drift), score(fluctuation, law.fluctuation)] : []))),
      relation: 'at most',
      bound: () => allowedErrors,
      reason: 'standard errors by runs',
    },
  ],
  control: {
    broken: String.raw`runs begin 1 beside the minimiser in every coordinate and are averaged from their first step: $\langle|x-x^*|^2\rangle$ falls, and descent outweighs the noise by that over $\eta$ times the steps`,
    change: (parameters) => ({ ...parameters, burnIn: 0, away: 1 }),
    mustFail: ['the two sides', 'the two sides about the origin', 'each side against the exact laws'],
  },
  figure: ({ balances, approach }) => {
    const groups = Array.from(new Set(balances.map(groupOf)))
    return {
      title: 'Fluctuation and dissipation',
      caption: 'Left: means over runs on the quadratic that start away from the minimiser, and exact recursions. Right: the ratio of the two sides in the stationary state; bars two standard errors.',
      panels: [
        {
          title: 'before stationarity', x: { label: 'iteration' }, y: { label: 'side of the relation', type: 'log' },
          marks: [
            { kind: 'line', x: approach.iteration, y: approach.exactDrift, label: '2 E (x − x*)·∇f' },
            { kind: 'line', x: approach.iteration, y: approach.exactFluctuation, label: 'η E |g|²' },
            { kind: 'points', ...everyThird(approach.iteration, approach.drift), color: 0 },
            { kind: 'points', ...everyThird(approach.iteration, approach.fluctuation), color: 1 },
          ],
        },
        {
          title: 'in the stationary state', x: { label: 'learning rate η', type: 'log' }, y: { label: '2⟨(x − x*)·∇f⟩ / η(1 + μ)⟨|v|²⟩' },
          marks: [
            ...groups.map((label): Mark => {
              const own = balances.filter((balance) => groupOf(balance) === label)
              return {
                kind: 'points', label, x: own.map(({ setting }) => setting.learningRate), y: own.map(({ drift, fluctuation }) => drift.estimate / fluctuation.estimate),
                errors: own.map(({ difference, fluctuation }) => (2 * difference.standardError) / fluctuation.estimate),
              }
            }),
            { kind: 'rule', axis: 'y', at: 1, dashed: true, color: 6 },
          ],
        },
      ],
    }
  },
}

const groupOf = ({ setting: { problem, momentum } }: Balance): string => (momentum > 0 ? `${problem}, μ = ${momentum}` : problem)

const everyThird = (x: number[], y: number[]): { x: number[]; y: number[] } => ({ x: x.filter((_, k) => k % 3 === 0), y: y.filter((_, k) => k % 3 === 0) })
