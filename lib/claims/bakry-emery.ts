import { bernoulli } from '../kernels/bernoulli.ts'
import { gaussianAt } from './bakry-emery-problems.ts'
import type { Distance } from './bakry-emery-problems.ts'
import { experiment } from './bakry-emery-runs.ts'
import type { Coupling, Decay, Gap, Measurement, Parameters } from './bakry-emery-runs.ts'
import type { Claim } from './claim.ts'
import { largest, observedOrder } from './measure.ts'

/** The rate over κ that is claimed. */
const multiple = ({ distance }: Decay): number => (distance === 'W₂' ? 1 : 2)

/**
 * Rates between the times over the claimed ones, and how far off the grid may have them: half of what doubling the spacing changes. Until W₂ is 1e−5 of a
 * standard deviation: below 1e−6 its square is round-off, eps times that of the domain.
 */
function rates(decay: Decay): { rate: number; slack: number }[] {
  const { distance, time, value, coarse, kappa } = decay
  const between = (values: number[], i: number): number => Math.log(values[i] / values[i + 1]) / (multiple(decay) * kappa * (time[i + 1] - time[i]))
  const least = distance === 'W₂' ? 1e-5 : 1e-10
  return time.slice(1).flatMap((_, i) => (Math.min(value[i + 1], coarse[i + 1]) < least ? [] : [
    { rate: between(value, i), slack: Math.abs(between(value, i) - between(coarse, i)) / 2 }]))
}

/** The smallest rate of a distance over the claimed one, with what the grid is off; NaN without any. */
const slowest = ({ decays }: Measurement, distance: Distance): number =>
  smallest(decays.filter((one) => one.distance === distance).flatMap((one) => rates(one).map(({ rate, slack }) => rate + slack)))

const smallest = (values: number[]): number => (values.length === 0 ? NaN : Math.min(...values))

/** δ = βκh². */
const cellOf = ({ beta, kappa, spacing }: Decay | Gap): number => beta * kappa * spacing ** 2

/**
 * Over κ: what the gap of exponentially fitted volumes on a line is never below. Jumps up and down from node i happen at rates b_i = B(z_i)/βh² and
 * d_i = B(−z_{i−1})/βh², z_i = β(H_{i+1} − H_i), and two copies of the chain a node apart come together at the mean rate b_i − b_{i+1} + d_{i+1} − d_i,
 * the least of which the gap is never below (Chen 1996). With z_{i+1} ≥ z_i + δ and B″ largest at 0 it is at least 2(1 − B(δ))/βh² = κ(1 − δ/6 + …).
 */
const onLine = (one: Decay | Gap): number => (2 * (1 - bernoulli(cellOf(one)))) / cellOf(one)

const line = <T extends { dim: number }>(list: T[]): T[] => list.filter(({ dim }) => dim === 1)
const quadratics = <T extends { quadratic: boolean }>(list: T[]): T[] => list.filter(({ quadratic }) => quadratic)
const slackOf = ({ gap, coarse }: Gap): number => Math.abs(gap - coarse) / 2
const stepsOf = ({ time }: Coupling): number => time.length - 1

const slackReason = 'the smallest rate between neighbouring times over the claimed one, over landscapes, β, 1-D and 2-D; the scheme is of second order in h and exact in time, so that half of the change from the grid of twice the spacing covers its error, a third of it'

export const bakryEmery: Claim<Parameters, Measurement> = {
  id: 'bakry-emery',
  paper: 'deep-relaxation',
  title: 'The fast process forgets its start at the rate κ = 1/γ + inf ∇²f, whatever β',
  statement: String.raw`\mathrm{KL}(\rho_s\|\rho_\infty)\le e^{-2\kappa s}\,\mathrm{KL}(\rho_0\|\rho_\infty),\quad \chi^2\;\text{likewise},\quad W_2(\rho_s,\rho_\infty)\le e^{-\kappa s}\,W_2(\rho_0,\rho_\infty),\quad \text{spectral gap}\ge\kappa=\tfrac1\gamma+\inf\nabla^2f`,
  hypotheses: String.raw`$\rho_s$ the law of $dy=-\nabla H(y)\,ds+\sqrt{2/\beta}\,dW$, $H(y)=f(y)+\frac{|x-y|^2}{2\gamma}$, $\rho_\infty\propto e^{-\beta H}$; $\nabla^2f\succeq m$ everywhere with $m>-1/\gamma$, so that $\kappa=\frac1\gamma+m>0$. Equality as $s\to\infty$ for quadratic $f$. Paths with the same noise come together as $e^{-\kappa s}$; those of Euler–Maruyama by $1-\kappa\,dt$ in every step, where $\nabla^2H\preceq M$ and $dt\le\frac2{\kappa+M}$.`,
  source: 'Bakry & Émery (1985), Diffusions hypercontractives; Chaudhari et al. (2018), Deep Relaxation, §3; Chen (1996) for the gap of a chain on a line',
  parameters: {
    quick: { betas: { flows: [0.5, 2, 20], gaps: [0.1, 0.5, 2, 20, 100], planes: [2] }, cells: { line: 160, plane: 48 }, ladder: [40, 80, 160], pairs: 100, curvature: 'least' },
    full: { betas: { flows: [0.1, 0.5, 2, 20, 100], gaps: [0.01, 0.1, 0.5, 2, 20, 100, 1000], planes: [0.5, 2, 20] }, cells: { line: 320, plane: 96 }, ladder: [80, 160, 320, 640], pairs: 2000, curvature: 'least' },
  },
  seed: 0,
  experiment,
  checks: [
    {
      name: 'KL falls at 2κ or faster',
      observe: (measurement) => slowest(measurement, 'KL'),
      relation: 'at least',
      bound: () => 1,
      reason: slackReason,
    },
    {
      name: 'χ² falls at 2κ or faster',
      observe: (measurement) => slowest(measurement, 'χ²'),
      relation: 'at least',
      bound: () => 1,
      reason: slackReason,
    },
    {
      name: 'W₂ falls at κ or faster',
      observe: (measurement) => slowest(measurement, 'W₂'),
      relation: 'at least',
      bound: () => 1,
      reason: `${slackReason}; on the line, from quantiles`,
    },
    {
      name: 'χ² on the line, without allowance for the grid',
      observe: ({ decays }) => smallest(line(decays).filter(({ distance }) => distance === 'χ²').flatMap((one) => rates(one).map(({ rate }) => rate / onLine(one)))),
      relation: 'at least',
      bound: () => 1 - 1e-9,
      reason: 'χ² of a reversible chain falls at twice its gap or faster, which is never below κ(1 − δ/6 + …), δ = βκh²; 1e−9 for round-off at χ² = 1e−4 of a start',
    },
    {
      name: 'sharp: a quadratic’s rates come down to 2κ, 2κ, κ',
      observe: ({ decays }) => largest(quadratics(line(decays)).map((one) => {
        const { rate, slack } = rates(one).at(-1)!
        return (rate - 1) / (slack + 1.5 * gaussianAt(one.kappa, one.time.at(-2)!).left)
      })),
      relation: 'at most',
      bound: () => 1,
      reason: 'the last rate, in units of the grid’s part as above and of 3/2 E, E = e^{−2κs}: by the Gaussian formulas rates exceed their limits by 1.28 E (χ²) and less (KL, W₂) for this start',
    },
    {
      name: 'KL, χ² and W₂ of a quadratic against Gaussian formulas: order in h',
      observe: ({ formula: { spacing, error } }) => Math.min(...Object.values(error).map((errors) => observedOrder(spacing, errors))),
      relation: 'at least',
      bound: () => 1.5,
      reason: 'largest relative error until κs = 5; declared order 2 in h, less half the gap to 1',
    },
    {
      name: 'spectral gap at least κ on the line, less the grid’s share',
      observe: ({ gaps }) => smallest(line(gaps).map((one) => one.gap / (one.kappa * onLine(one)))),
      relation: 'at least',
      bound: () => 1 - 1e-9,
      reason: 'on a grid the gap is never below κ(1 − δ/6 + …), δ = βκh², for any H with second differences of at least κ; ten digits of the solver',
    },
    {
      name: 'spectral gap at least κ in the plane',
      observe: ({ gaps }) => smallest(gaps.filter(({ dim }) => dim === 2).map((one) => (one.gap + slackOf(one)) / one.kappa)),
      relation: 'at least',
      bound: () => 1,
      reason: 'second order in h: half of the change from the grid of twice the spacing covers the error, a third of it',
    },
    {
      name: 'sharp: a quadratic’s gap on the line is κ',
      observe: ({ gaps }) => largest(quadratics(line(gaps)).map((one) => (one.gap / (one.kappa * onLine(one)) - 1) / cellOf(one) ** 2)),
      relation: 'at most',
      bound: () => 1 / 40,
      reason: 'above κ(1 − δ/6 + …) by δ²/60 to first order, by perturbation of the eigenfunction y; half as much again for what follows',
    },
    {
      name: 'sharp: a quadratic’s gap in the plane is κ',
      observe: ({ gaps }) => largest(quadratics(gaps.filter(({ dim }) => dim === 2)).map((one) => (one.gap - one.kappa) / slackOf(one))),
      relation: 'at most',
      bound: () => 1,
      reason: 'in units of half of the change from the grid of twice the spacing; a second-order error is 2/3 of that',
    },
    {
      name: 'paths with the same noise: every step brings them closer by 1 − κ dt',
      observe: ({ couplings }) => largest(couplings.map(({ worstStep }) => worstStep)),
      relation: 'at most',
      bound: () => 1,
      reason: 'the noise cancels and 1 − dt∫∇²H has eigenvalues from −(1 − κ dt) to 1 − κ dt, dt = 0.2/(κ + M); the largest share of that over pairs and steps, after 32 eps of round-off relative to the coordinates',
    },
    {
      name: 'paths with the same noise: r.m.s. distance below e^{−κs}',
      observe: ({ couplings }) => largest(couplings.flatMap(({ time, distance, kappa }) => time.slice(1).map((s, i) => distance[i + 1] * Math.exp(kappa * s)))),
      relation: 'at most',
      bound: () => 1,
      reason: '1 − κ dt ≤ e^{−κ dt}; the largest ratio over times after the start',
    },
    {
      name: 'sharp: a quadratic’s paths come together as (1 − κ dt)ⁿ',
      observe: ({ couplings }) => largest(quadratics(line(couplings)).map((one) => one.distance.at(-1)! / (1 - one.kappa * one.dt) ** stepsOf(one) - 1)),
      relation: 'at most',
      bound: () => 2e-11,
      reason: 'all pairs alike; some 4 eps·(1 + |y|) = 24 eps of round-off a step, of which 1/(κ dt) = 10 are not yet damped, over distances that have come down to 0.9^50 of 0.8',
    },
  ],
  control: {
    broken: String.raw`$\kappa$ is the curvature of $H$ at its minimiser, and $f=(x^2-1)^2/4$, $\gamma=4$, $x=0$ is among the landscapes: $3/2$ there, while $\inf H''=-3/4$ and the gap vanishes like $e^{-9\beta/64}$`,
    change: (parameters) => ({ ...parameters, curvature: 'at-the-bottom' }),
    mustFail: [
      'KL falls at 2κ or faster', 'χ² falls at 2κ or faster', 'W₂ falls at κ or faster', 'χ² on the line, without allowance for the grid',
      'spectral gap at least κ on the line, less the grid’s share', 'paths with the same noise: every step brings them closer by 1 − κ dt',
      'paths with the same noise: r.m.s. distance below e^{−κs}',
    ],
  },
  figure: ({ decays, gaps, couplings }) => {
    const names = [...new Set(gaps.map(({ name }) => name))]
    const shown = 20
    const falling = line(decays).filter(({ distance, beta }) => distance === 'KL' && beta === shown)
    return {
      title: 'Exponential forgetting',
      caption: `Left: KL to the Gibbs law times e^(2κs), over its start, β = ${shown}; level is a rate of 2κ. Middle: spectral gaps over κ, which the grids lower by h². Right: pairs of paths with the same noise, β = ${shown}.`,
      panels: [
        {
          title: 'relative entropy',
          x: { label: 'κs' },
          y: { label: 'KL · e^(2κs) / KL at 0', type: 'log' },
          marks: [
            ...falling.map(({ name, time, value, kappa }) => ({
              kind: 'line' as const, x: time.map((s) => kappa * s), y: value.map((v, i) => (v / value[0]) * Math.exp(2 * kappa * time[i])), label: name, color: names.indexOf(name),
            })),
            { kind: 'rule', axis: 'y', at: 1, dashed: true, label: 'bound', color: 6 },
          ],
        },
        {
          title: 'spectral gap',
          x: { label: 'β', type: 'log' },
          y: { label: 'gap / κ', type: 'log' },
          marks: [
            ...names.map((name, k) => {
              const own = gaps.filter((one) => one.name === name)
              return { kind: 'points' as const, x: own.map(({ beta }) => beta), y: own.map(({ gap, kappa }) => gap / kappa), label: name, color: k }
            }),
            { kind: 'rule', axis: 'y', at: 1, dashed: true, label: 'bound', color: 6 },
          ],
        },
        {
          title: 'paths with the same noise',
          x: { label: 'κs' },
          y: { label: 'r.m.s. distance / at 0', type: 'log' },
          marks: [
            ...couplings.filter(({ beta }) => beta === shown).map(({ name, time, distance, kappa }) => ({
              kind: 'line' as const, x: time.map((s) => kappa * s), y: distance, label: name, color: names.indexOf(name),
            })),
            { kind: 'line', x: [0, 5], y: [1, Math.exp(-5)], dashed: true, label: 'e^(−κs)', color: 6 },
          ],
        },
      ],
      columns: 3,
    }
  },
}
