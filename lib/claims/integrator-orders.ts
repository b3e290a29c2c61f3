import { methods } from '../sde/methods/index.ts'
import type { Claim, Context } from './claim.ts'
import { seeds } from './gradient-flow.ts'
import { ordersFigure } from './integrator-figure.ts'
import { malaSquare } from './integrator-laws.ts'
import { arctangent, kineticLine, line, rotations, twisted } from './integrator-problems.ts'
import type { IntegratorProblem, ProblemClass } from './integrator-problems.ts'
import { ordersOnProblem } from './integrator-runs.ts'
import type { Ladder, Pair, Version } from './integrator-runs.ts'
import { observedOrder } from './measure.ts'
import { stationaryOf } from './stationary-bias.ts'
import type { Stationary } from './stationary-bias.ts'
import { wrongVersion } from './wrong-integrators.ts'

interface Parameters {
  /** 'wrong': Milstein, the stochastic Runge–Kutta methods and Leimkuhler–Matthews alone, each with a wrong coefficient. */
  coefficients: 'right' | 'wrong'
  strong: Ladder
  /** On noise with Lévy areas. */
  areas: Ladder
  /** Of MALA, whose errors are few and large. */
  mala: Ladder
  weak: Ladder
  /** Chains of MALA, and steps of each. */
  chains: { paths: number; steps: number }
}

interface Measurement {
  pairs: Pair[]
  stationary: Stationary[]
  chains: { dt: number; estimate: number; standardError: number }[]
}

const purpose = 0x6f726473
const ripples = 'x^2/2 + 0.4 cos(2 x)'
const bowl = 'x^2/2 + 0.4 cos(x)'

async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  const { coefficients, strong, areas, weak, mala, chains } = parameters
  const version: Version = coefficients === 'wrong' ? wrongVersion : (method) => method
  const only = (keep: (name: string) => boolean): Version => (method) => (keep(method.name) ? version(method) : undefined)
  const all = only(() => true)
  const own = seeds(context.seed, purpose, 12)
  const runs: [IntegratorProblem, Pair['kind'], Ladder, Version][] = [
    [line(ripples, 1, 0.8), 'strong', strong, only((name) => name !== 'mala')],
    [line(ripples, 1, 0.8), 'strong', mala, only((name) => name === 'mala')],
    [kineticLine(ripples, 1, [0.8, 0.3]), 'strong', strong, all],
    [arctangent(), 'strong', strong, all],
    [rotations(), 'strong', strong, all],
    [twisted(), 'strong', areas, all],
    // At a low temperature, where less noise hides the errors of second order.
    [line(bowl, 10, 1.5), 'weak', weak, all],
    [kineticLine(bowl, 10, [1.5, 0.5]), 'weak', weak, all],
    [arctangent(), 'weak', weak, all],
    [rotations(), 'weak', weak, all],
    [twisted(), 'weak', weak, all],
  ]
  const pairs: Pair[] = []
  for (const [k, [problem, kind, ladder, which]] of runs.entries()) {
    pairs.push(...await ordersOnProblem(problem, kind, ladder, which, own[k], { ...context, step: ({ activity }) => context.step({ fraction: k / runs.length, activity }) }))
  }
  return {
    pairs,
    stationary: methods.flatMap((method) => stationaryOf(version(method))),
    chains: coefficients === 'wrong' ? [] : [0.5, 0.8].map((dt, k) => ({ dt, ...malaSquare(dt, chains.steps, chains.paths, own[11] + k) })),
  }
}

/** How far an order is from the declared one: the largest; NaN, which no check passes, of none. */
function farthest(pairs: readonly Pair[]): number {
  return pairs.length === 0 ? NaN : Math.max(...pairs.map(({ order, declared }) => Math.abs(order - declared)))
}

/** Half of the way to the next order that there is. */
const halfGap = ({ kind, declared }: Pair): number => (declared === 0.75 ? 0.125 : kind === 'strong' || declared === 1.5 ? 0.25 : 0.5)

const strongOn = ({ pairs }: Measurement, noise: ProblemClass): Pair[] => pairs.filter((pair) => pair.kind === 'strong' && pair.noise === noise && pair.method !== 'mala')
const weakOf = ({ pairs }: Measurement, declared: number): Pair[] => pairs.filter((pair) => pair.kind === 'weak' && pair.declared === declared)

/** Relative distances from closed forms, in roundings of one step: the largest. */
function roundings(list: readonly Stationary[]): number {
  return list.length === 0 ? NaN : Math.max(...list.flatMap(({ value, closedForm, amplification }) =>
    value.map((v, k) => Math.abs(v / closedForm![k] - 1) / (Number.EPSILON * amplification[k]))))
}

const biasOrder = ({ dt, value }: Stationary): number => observedOrder(dt.slice(0, 3), value.slice(0, 3).map((v) => Math.abs(v - 1)))

const strongReason = 'strong orders are multiples of ½: half the gap to the next'
const roundingReason = 'entries of one step’s map and gains, fed with unit states and unit increments, are right to a few roundings, and Σ|Aᵏ|² times as much shows in the law'

export const integratorOrders: Claim<Parameters, Measurement> = {
  id: 'integrator-orders',
  paper: 'sgd',
  title: 'Every integrator has the strong, weak and stationary order that it declares',
  statement: String.raw`\big(E|x_{T/h}-x(T)|^2\big)^{1/2}=O(h^{p}),\qquad |E\varphi(x_{T/h})-E\varphi(x(T))|=O(h^{q});\qquad f=\tfrac\lambda2x^2:\ \langle x^2\rangle=\tfrac1{\beta\lambda}\Big(1-\tfrac{\lambda h}2\Big)^{-1}\text{ for Euler–Maruyama, }\tfrac1{\beta\lambda}\text{ for Leimkuhler–Matthews and BAOAB}`,
  hypotheses: String.raw`Smooth coefficients; the noise of the class for which the order is declared. Additive: $dx=-f'dt+\sqrt{2/\beta}\,dW$ and its underdamped relative with $f=\tfrac12x^2+0.4\cos 2x$ (strong, $\beta=1$) or $\tfrac12x^2+0.4\cos x$ (weak, $\beta=10$); diagonal: $x=\arctan(aW+ct+\tan x_0)$; commutative: rotations and stretches of the plane; general: noise whose Lévy areas count. Itô or Stratonovich as the method is. SRIW1 (srk), which is often said to have weak order 2, has 3/2 unless the noise is linear in $x$: a term $h^{3/2}\Delta W$ of its step stays in second moments. BAOAB: $\langle p^2\rangle=(1-\lambda h^2/4)/\beta$; OBABO: $\langle x^2\rangle=\tfrac1{\beta\lambda}(1-\lambda h^2/4)^{-1}$, $\langle p^2\rangle=1/\beta$.`,
  source: 'Kloeden & Platen (1992), Numerical Solution of Stochastic Differential Equations; Rößler (2010), SIAM J. Numer. Anal. 48; Leimkuhler & Matthews (2013), Appl. Math. Res. eXpress; Bou-Rabee & Vanden-Eijnden (2010), Comm. Pure Appl. Math. 63',
  parameters: {
    quick: {
      coefficients: 'right',
      strong: { steps: [8, 16, 32, 64], finest: 256, groups: 16, size: 24 },
      areas: { steps: [4, 8, 16, 32], finest: 256, groups: 16, size: 16 },
      mala: { steps: [8, 16, 32, 64], finest: 64, groups: 16, size: 256 },
      weak: { steps: [2, 4, 8], finest: 32, groups: 16, size: 96 },
      chains: { paths: 8192, steps: 12 },
    },
    full: {
      coefficients: 'right',
      strong: { steps: [8, 16, 32, 64, 128], finest: 512, groups: 16, size: 256 },
      areas: { steps: [4, 8, 16, 32], finest: 512, groups: 16, size: 128 },
      mala: { steps: [8, 16, 32, 64, 128], finest: 128, groups: 16, size: 2048 },
      weak: { steps: [2, 4, 8, 16], finest: 64, groups: 16, size: 1024 },
      chains: { paths: 65_536, steps: 24 },
    },
  },
  seed: 1,
  experiment,
  checks: [
    ...(['additive', 'diagonal', 'commutative', 'general'] as const).map((noise) => ({
      name: `strong orders, ${noise} noise`,
      observe: (measurement: Measurement) => farthest(strongOn(measurement, noise)),
      relation: 'at most' as const,
      bound: () => 0.25,
      reason: strongReason,
    })),
    {
      name: 'strong order 3/4 of MALA',
      observe: ({ pairs }) => farthest(pairs.filter(({ kind, method }) => kind === 'strong' && method === 'mala')),
      relation: 'at most',
      bound: () => 0.125,
      reason: 'half the gap to 1, the order of the steps without rejections, and to ½',
    },
    {
      name: 'weak orders 1',
      observe: (measurement) => farthest(weakOf(measurement, 1)),
      relation: 'at most',
      bound: () => 0.5,
      reason: 'half the gap to 2; first and second moments at time 1, differences on the same paths',
    },
    {
      name: 'weak order 3/2 of srk on diagonal noise',
      observe: (measurement) => farthest(weakOf(measurement, 1.5)),
      relation: 'at most',
      bound: () => 0.25,
      reason: 'half the gap to 1 and to 2',
    },
    {
      name: 'weak orders 2, told from 1',
      observe: (measurement) => farthest(weakOf(measurement, 2)),
      relation: 'at most',
      bound: () => 0.5,
      reason: 'half the gap to 1; Heun and both Runge–Kutta methods on additive noise, BAOAB and OBABO',
    },
    {
      name: 'standard errors of the orders',
      observe: ({ pairs }) => Math.max(...pairs.map((pair) => pair.standardError / halfGap(pair))),
      relation: 'at most',
      bound: () => 0.5,
      reason: 'as a share of half the gap, by the jackknife over groups of paths: an order next to the declared one is then four standard errors away',
    },
    {
      name: 'exact on quadratics: ⟨x²⟩ of Leimkuhler–Matthews and BAOAB, ⟨p²⟩ of OBABO',
      observe: ({ stationary }) => roundings(stationary.filter(({ exact, method }) => exact || method === 'leimkuhler-matthews')),
      relation: 'at most',
      bound: () => 5,
      reason: roundingReason,
    },
    {
      name: 'closed forms of the stationary bias on quadratics',
      observe: ({ stationary }) => roundings(stationary.filter(({ exact, closedForm }) => !exact && closedForm !== null)),
      relation: 'at most',
      bound: () => 5,
      reason: roundingReason,
    },
    {
      name: 'orders of the stationary bias',
      observe: ({ stationary }) => Math.max(...stationary.filter(({ exact }) => !exact).map((one) => Math.abs(biasOrder(one) - one.declared))),
      relation: 'at most',
      bound: () => 0.5,
      reason: 'half the gap to the next order, at dt = 0.1 to 0.4; from the closed forms’ numbers, of tamed Euler from the law of its chain on a grid',
    },
    {
      name: 'MALA keeps the Gibbs law',
      observe: ({ chains }) => (chains.length === 0 ? NaN : Math.max(...chains.map(({ estimate, standardError }) => Math.abs(estimate - 1) / standardError))),
      relation: 'at most',
      bound: () => 4,
      reason: 'standard errors; two steps, of which one is missed once in 8000 seeds. Without rejections ⟨x²⟩ would be off by 60 % and more',
    },
  ],
  control: {
    broken: String.raw`a wrong coefficient each: Milstein’s correction with the opposite sign, $I_{10}=hH$ for $h(H+\Delta W/2)$ in the stochastic Runge–Kutta methods, the noise of Leimkuhler–Matthews not averaged (these methods alone are run)`,
    change: (parameters) => ({ ...parameters, coefficients: 'wrong' }),
    mustFail: [
      'strong orders, additive noise', 'strong orders, diagonal noise', 'strong orders, commutative noise', 'strong orders, general noise', 'weak orders 2, told from 1',
      'exact on quadratics: ⟨x²⟩ of Leimkuhler–Matthews and BAOAB, ⟨p²⟩ of OBABO',
    ],
  },
  figure: ({ pairs, stationary }) => ordersFigure(pairs, stationary),
}
