import type { Claim } from './claim.ts'
import { experiment, linear, time } from './homogenization-runs.ts'
import type { Ladder, Measurement, Parameters } from './homogenization-runs.ts'
import { largest } from './measure.ts'
import { distanceFrom, extrapolated, jackknife, meanOf, powerAtZero, strongError, weakError } from './two-scale-runs.ts'
import type { Rung } from './two-scale-runs.ts'

/** Jackknife errors over 20 groups follow Student's law with 19 degrees of freedom: 1e−5 of it, on both sides together, is beyond. */
const allowedErrors = 5.9

const epsilonsOf = (rungs: readonly Rung[]): number[] => rungs.map(({ epsilon }) => epsilon)

/** E x(T) at ε = 0 from X, or from that at another β: the largest over the components. */
function limitOf({ rungs, end }: Ladder, instead: readonly number[] = end): number {
  return largest(end.map((c, k) => distanceFrom(instead[k] - c, (kept, fewer) => {
    const used = rungs.slice(fewer)
    return extrapolated(epsilonsOf(used), used.map((rung) => meanOf(rung, kept, k)))
  })))
}

type ErrorOf = (rung: Rung, kept: readonly number[]) => number

const powerOf = ({ rungs }: Ladder, error: ErrorOf, kept: readonly number[], fewer: 0 | 1): number =>
  powerAtZero(epsilonsOf(rungs), rungs.map((rung) => error(rung, kept)), fewer)

const powerError = (ladder: Ladder, error: ErrorOf): number => jackknife((kept) => powerOf(ladder, error, kept, 0)).standardError

/** The largest distance of a power of ε from the order, over the ladders. */
const offBy = (ladders: readonly Ladder[], order: number, error: ErrorOf): number =>
  largest(ladders.map((ladder) => distanceFrom(order, (kept, fewer) => powerOf(ladder, error, kept, fewer))))

const centred = (ladders: readonly Ladder[]): Ladder[] => ladders.filter(({ name }) => !name.includes('far'))

/** lim E(x − X)²/ε from each start, apart: the ensembles share their noise. */
function strongConstants([near, far]: readonly Ladder[]): number {
  const constant = ({ rungs }: Ladder, kept: readonly number[]): number => extrapolated(epsilonsOf(rungs), rungs.map((rung) => strongError(rung, kept) ** 2 / rung.epsilon))
  return distanceFrom(0, (kept, fewer) => {
    const [one, other] = [near, far].map((ladder) => constant({ ...ladder, rungs: ladder.rungs.slice(fewer) }, kept))
    return other - one
  })
}

const whole = (rung: Rung): number[] => Array.from(rung.means.keys())

export const homogenization: Claim<Parameters, Measurement> = {
  id: 'homogenization',
  paper: 'deep-relaxation',
  title: 'The two-scale system converges to the gradient flow of local entropy',
  statement: String.raw`dx=-\tfrac1\gamma(x-y)\,ds,\quad dy=-\tfrac1\varepsilon\Big(\nabla f(y)+\tfrac{y-x}\gamma\Big)ds+\sqrt{\tfrac{2}{\beta\varepsilon}}\,dW\quad\xrightarrow{\ \varepsilon\to0\ }\quad\dot X=-\nabla u(X,\gamma)`,
  hypotheses: String.raw`The fast process is exponentially ergodic uniformly in $x$, $\nabla f$ and the averaged drift are Lipschitz (on what the paths visit). Of the slow variable only: $\sqrt{E|x-X|^2}=O(\sqrt\varepsilon)$, $|E x-X|=O(\varepsilon)$. Where $y$ starts changes the constant of the latter alone.`,
  corrected: {
    printed: String.raw`dy=-\tfrac1\varepsilon\Big(\nabla f(x-y)+\tfrac y\gamma\Big)ds+\tfrac{1}{\sqrt{\beta\varepsilon}}\,dW,\qquad dx=-\nabla f(x-y)\,ds`,
    wrong: String.raw`The sign: the gradient of $f(x-y)$ in $y$ is $-\nabla f(x-y)$. As printed $f=\lambda x^2/2$ has the drift $-\lambda x/(1-\gamma\lambda)$ in place of $-\lambda x/(1+\gamma\lambda)$. And the noise $\beta^{-1/2}$, whose law is that of $2\beta$: the limit is the gradient of $u$ at $2\beta$ (for a quadratic $f$ that is the same).`,
  },
  source: 'Chaudhari et al. (2018), Deep Relaxation, §3; Pavliotis & Stuart (2008), Multiscale Methods, ch. 10, 17; Bardi & Kouhkouh (2024), SIAM J. Control Optim. 62(4)',
  parameters: {
    quick: { epsilons: [1 / 8, 1 / 16, 1 / 32, 1 / 64], ratio: 0.1, pairs: { line: 800, plane: 400 }, form: 'corrected' },
    full: { epsilons: [1 / 8, 1 / 16, 1 / 32, 1 / 64, 1 / 128], ratio: 0.05, pairs: { line: 8000, plane: 3000 }, form: 'corrected' },
  },
  seed: 0,
  experiment,
  checks: [
    {
      name: 'E x(T), linear f, against the closed form',
      observe: ({ linear: { mean, closed } }) => largest(mean.map((m, j) => m - closed[j])),
      relation: 'at most',
      bound: ({ linear: { closed, recursion } }) => largest(recursion.map((m, j) => m - closed[j])) + 1e-12,
      reason: 'e^{−MT} of the 2×2 system, whose rates are F11’s; beyond it only the step’s error, which the recursion (I − dt M)^n tells, and round-off: antithetic pairs cancel the noise of a linear system',
    },
    {
      name: 'E x(T) as ε → 0, linear f, against the averaged equation',
      observe: ({ linear: { mean, end } }, { epsilons }) => Math.abs(extrapolated(epsilons, mean) - end),
      relation: 'at most',
      bound: ({ linear: { recursion, end } }, { epsilons }) => 1.01 * Math.abs(extrapolated(epsilons, recursion) - end) + 1e-10,
      reason: 'X(T) = e^{−λT/(1+λγ)}; the polynomial through the ladder leaves a term of one more order in ε, known from the recursion, and round-off',
    },
    {
      name: 'E(x(T) − X(T))², linear f, against its covariance',
      observe: ({ linear: { square } }) => Math.max(...square.map(({ estimate, standardError }) => Math.abs(estimate - 1) / standardError)),
      relation: 'at most',
      bound: () => allowedErrors,
      reason: 'standard errors of 20 groups; the covariance of the method’s own recursion, 2×2',
    },
    {
      name: 'initial layer, linear f: change of E x(T)/ε with y₀',
      observe: ({ linear: { layer, end } }, { epsilons }) => Math.abs(extrapolated(epsilons, layer) / (end / (1 + linear.lambda * linear.gamma)) - 1),
      relation: 'at most',
      bound: ({ linear: { layerRecursion, end } }, { epsilons }) =>
        1.01 * Math.abs(extrapolated(epsilons, layerRecursion) / (end / (1 + linear.lambda * linear.gamma)) - 1) + 1e-10,
      reason: '(y₀ − ȳ)/(1 + λγ) e^{−λT/(1+λγ)} as ε → 0; the polynomial through the ladder leaves a term of one more order in ε, known from the recursion, and round-off',
    },
    {
      name: 'E x(T) as ε → 0, double well (both starts) and in the plane',
      observe: ({ ladders }) => Math.max(...ladders.map((ladder) => limitOf(ladder))),
      relation: 'at most',
      bound: () => allowedErrors,
      reason: 'standard errors of 20 groups of antithetic pairs, beyond what leaving out the largest ε changes; X(T) by Runge–Kutta on quadrature',
    },
    {
      name: 'weak order in ε, from 1',
      observe: ({ ladders }) => offBy(ladders, 1, weakError),
      relation: 'at most',
      bound: () => allowedErrors,
      reason: 'standard errors, beyond what leaving out the largest ε changes; slopes of |E x − X| over factors of ε, extrapolated to ε = 0',
    },
    {
      name: 'strong order in ε, from ½',
      observe: ({ ladders }) => offBy(centred(ladders), 0.5, strongError),
      relation: 'at most',
      bound: () => allowedErrors,
      reason: 'the same for the r.m.s. of x − X',
    },
    {
      name: 'standard errors of those orders',
      observe: ({ ladders }) => Math.max(...ladders.map((ladder) => powerError(ladder, weakError)), ...centred(ladders).map((ladder) => powerError(ladder, strongError))),
      relation: 'at most',
      bound: () => 0.25,
      reason: 'half of what tells the orders 1, ½ and 0 apart: else agreement says nothing',
    },
    {
      name: 'strong constant from y₀ at its mean and far off, apart',
      observe: ({ ladders }) => strongConstants(ladders),
      relation: 'at most',
      bound: () => allowedErrors,
      reason: 'standard errors, beyond what leaving out the largest ε changes: the layer’s O(ε) in x adds nothing of order ε to E(x − X)²',
    },
    {
      name: 'error of the fast integrator over the weak error of the smallest ε',
      observe: ({ ladders: [{ rungs }], fastError }) => (time * (Math.abs(fastError.estimate) + 3 * fastError.standardError)) / weakError(rungs.at(-1)!, whole(rungs[0])),
      relation: 'at most',
      bound: () => 0.25,
      reason: 'Leimkuhler and Matthews’ error O((dt/ε)²) does not shrink with ε: over time T, from twice the step at frozen x, with three standard errors',
    },
    {
      name: 'the printed noise: E x(T) as ε → 0 against the gradient at 2β',
      observe: ({ printed: { noise } }) => limitOf(noise, noise.doubled),
      relation: 'at most',
      bound: () => allowedErrors,
      reason: 'standard errors of 20 groups, beyond what leaving out the largest ε changes',
    },
    {
      name: 'the printed sign: E x(T) as ε → 0 against −λx/(1 − γλ)',
      observe: ({ printed: { sign } }, { epsilons }) => Math.abs(extrapolated(epsilons, sign)),
      relation: 'at most',
      bound: ({ printed: { sign } }, { epsilons }) => Math.abs(extrapolated(epsilons.slice(1), sign.slice(1)) - extrapolated(epsilons, sign)),
      reason: 'what the last ε adds to the polynomial through the ladder',
    },
  ],
  control: {
    broken: String.raw`the sign as printed (linear $f$, in the displacement $y$) and the noise as printed (the others)`,
    change: (parameters) => ({ ...parameters, form: 'printed' }),
    mustFail: [
      'E x(T), linear f, against the closed form', 'E x(T) as ε → 0, linear f, against the averaged equation',
      'E x(T) as ε → 0, double well (both starts) and in the plane', 'weak order in ε, from 1',
    ],
  },
  figure: ({ linear: own, ladders, printed }, { epsilons }) => {
    const near = (ladder: Ladder, error: ErrorOf): number[] => ladder.rungs.map((rung) => error(rung, whole(rung)))
    const colors = [0, 1, 2]
    return {
      title: 'Two scales and their average',
      caption: `Slow variable at T = ${time} against dX = −∇u dt. The thin lines have slopes 1 and ½. Right: E x(T) of the double well with the corrected and the printed noise.`,
      panels: [
        {
          title: 'weak error |E x − X|',
          x: { label: 'ε', type: 'log' },
          y: { label: '|E x(T) − X(T)|', type: 'log' },
          marks: [
            ...ladders.map((ladder, k) => ({ kind: 'points' as const, x: epsilons, y: near(ladder, weakError), label: ladder.name, color: colors[k] })),
            ...ladders.map((ladder, k) => slopeLine(epsilons, near(ladder, weakError), 1, colors[k])),
            { kind: 'points', x: epsilons, y: own.mean.map((m) => Math.abs(m - own.end)), label: 'linear', color: 3 },
            slopeLine(epsilons, own.mean.map((m) => Math.abs(m - own.end)), 1, 3),
          ],
        },
        {
          title: 'strong error',
          x: { label: 'ε', type: 'log' },
          y: { label: 'r.m.s. of x(T) − X(T)', type: 'log' },
          marks: [
            ...ladders.map((ladder, k) => ({ kind: 'points' as const, x: epsilons, y: near(ladder, strongError), label: ladder.name, color: colors[k] })),
            ...ladders.map((ladder, k) => slopeLine(epsilons, near(ladder, strongError), 0.5, colors[k])),
            { kind: 'points', x: epsilons, y: own.rms, label: 'linear', color: 3 },
            slopeLine(epsilons, own.rms, 0.5, 3),
          ],
        },
        {
          title: 'the limit',
          x: { label: 'ε', domain: [0, 1.1 * epsilons[0]] },
          y: { label: 'E x(T)' },
          marks: [
            ...[{ ladder: ladders[0], label: 'corrected' }, { ladder: printed.noise, label: 'as printed' }].map(({ ladder: { rungs, end }, label }, k) => ({
              kind: 'points' as const, x: epsilons, label, color: k,
              y: rungs.map((rung) => end[0] + meanOf(rung, whole(rung), 0)), errors: rungs.map((rung) => 2 * jackknife((kept) => meanOf(rung, kept, 0)).standardError),
            })),
            { kind: 'rule', axis: 'y', at: ladders[0].end[0], label: 'X at β', color: 0, dashed: true },
            { kind: 'rule', axis: 'y', at: ladders[0].doubled[0], label: 'X at 2β', color: 1, dashed: true },
          ],
        },
      ],
      columns: 3,
    }
  },
}

/** A thin line of a slope through the last error. */
function slopeLine(epsilons: readonly number[], errors: readonly number[], order: number, color: number): { kind: 'line'; x: number[]; y: number[]; width: number; color: number } {
  return { kind: 'line', x: [...epsilons], y: epsilons.map((e) => errors.at(-1)! * (e / epsilons.at(-1)!) ** order), width: 0.7, color }
}
