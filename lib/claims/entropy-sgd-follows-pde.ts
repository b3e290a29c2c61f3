import type { Claim } from './claim.ts'
import { distance, experiment, line, meanError, plane, whole } from './entropy-sgd-runs.ts'
import type { Measurement, Parameters } from './entropy-sgd-runs.ts'
import { largest, observedOrder } from './measure.ts'

/** Standard errors that a mean of so many independent runs may be off: Student's law leaves below 1e−6 beyond, on both sides together. */
const studentLimit = (count: number): number => (count >= 48 ? 5.7 : count >= 32 ? 6.1 : count >= 16 ? 7.7 : Infinity)
/** Standard deviations that a nearly normal figure may be off: 6e−7. */
const normalLimit = 5

export const entropySgdFollowsPde: Claim<Parameters, Measurement> = {
  id: 'entropy-sgd-follows-pde',
  paper: 'deep-relaxation',
  title: 'Entropy-SGD descends the gradient of the viscous Hamilton–Jacobi equation’s solution',
  statement: String.raw`x_{k+1}=x_k-\eta\,(x_k-\mu_k),\;\;\mu_k\to\langle y\rangle_{x_k}\;\Rightarrow\;x_k\to X(\eta\gamma k),\;\;\dot X=-\nabla u(X,\gamma),\;\;u_t=-\tfrac12|\nabla u|^2+\tfrac1{2\beta}\Delta u,\;u(\cdot,0)=f`,
  hypotheses: String.raw`$\mu_k$ the mean of $L$ Langevin steps $\eta'$ from $y=x_k$ at thermal noise $\varepsilon$, $\beta=1/\varepsilon^2$ (noise $\sqrt{2\eta'}\varepsilon$ a step); as $\eta\to0$, $\eta'\to0$, $L\eta'\to\infty$. The errors are $O(\eta)$, $O(\eta')$ and $O(1/(L\eta'))$. A step of learning rate $\eta$ is a step $\eta\gamma$ of the flow, since the algorithm drops the factor $1/\gamma$.`,
  source: 'Chaudhari, Oberman, Osher, Soatto, Carlier (2018), Deep Relaxation, Cole–Hopf lemma and homogenization; Chaudhari et al. (2017), Entropy-SGD, Algorithm 1',
  parameters: {
    quick: {
      mismatch: 1,
      line: { runs: [{ rate: 3, count: 48 }, { rate: 1.5, count: 48 }, { rate: 0.75, count: 48 }, { rate: 0.375, count: 48 }], step: 0.008, span: 30 },
      spread: { step: 0.012, spans: [4, 8, 16, 32], count: 256 },
      bias: { runs: [{ step: 0.2, count: 512 }, { step: 0.1, count: 128 }, { step: 0.05, count: 1024 }], span: 450 },
      plane: { size: 81, count: 16, rate: 0.5, time: 4.5, starts: [[-9, 4]] },
      full: { count: 8, span: 60, step: 0.3 },
      samples: 128,
    },
    full: {
      mismatch: 1,
      line: { runs: [{ rate: 3, count: 48 }, { rate: 1.5, count: 48 }, { rate: 0.75, count: 48 }, { rate: 0.375, count: 64 }, { rate: 0.1875, count: 96 }], step: 0.003, span: 80 },
      spread: { step: 0.006, spans: [4, 8, 16, 32, 64], count: 1024 },
      bias: { runs: [{ step: 0.2, count: 256 }, { step: 0.1, count: 512 }, { step: 0.05, count: 2048 }, { step: 0.025, count: 4096 }], span: 500 },
      plane: { size: 97, count: 16, rate: 0.5, time: 9, starts: [[-9, 4], [-6, -5]] },
      full: { count: 12, span: 90, step: 0.3 },
      samples: 1797,
    },
  },
  seed: 0,
  experiment,
  checks: [
    {
      name: 'order in η, 1-D landscape, distance from 1',
      observe: ({ line: followed }) => Math.abs(observedOrder(followed.rungs.map(({ rate }) => rate), followed.rungs.map((rung) => meanError(rung, followed))) - 1),
      relation: 'at most',
      bound: () => 0.5,
      reason: 'a step ηγ of Euler’s method on the flow, and noise of variance O(η): order 1, within half the gap to 0 and 2; the flow has the inner loop’s errors of first order in η′ and 1/(Lη′), by quadrature, in its slope',
    },
    {
      name: 'iterates on the 1-D landscape, extrapolated in η',
      observe: ({ line: followed }, { line: { runs } }) => distance(followed, studentLimit(Math.min(...runs.slice(-2).map((run) => run.count)))),
      relation: 'at most',
      bound: () => 1,
      reason: 'largest distance of 2x(η/2) − x(η) from the flow of ∇u, in units of: the standard errors that Student’s law exceeds once in 10⁶, the inner loop’s first-order errors and half of them again, and a third of the change of extrapolations for the next order',
    },
    {
      name: 'variance of the inner average against L, slope, distance from −1',
      observe: ({ spread: { spans, variances } }) => Math.abs(observedOrder(spans, variances) + 1),
      relation: 'at most',
      bound: () => 0.5,
      reason: 'the uniform mean of L correlated samples has variance O(1/L): half the gap to the slope 0 of an average of constant weight; η′ is fixed',
    },
    {
      name: 'order in η′ of the inner average’s bias, distance from 1',
      observe: ({ bias: { steps, errors } }) => Math.abs(observedOrder(steps, errors.map(({ estimate }) => Math.abs(estimate))) - 1),
      relation: 'at most',
      bound: () => 0.5,
      reason: 'Euler–Maruyama’s stationary law is of order 1: half the gap to 0 and 2, which is more than four standard errors of the slope about its 1.2 at these steps; f = 4 log(1 + e²ˣ), as a quadratic has no bias of its mean',
    },
    {
      name: 'iterates on the digits slice, extrapolated in η',
      observe: ({ planes }, { plane: { count } }) => largest(planes.map((followed) => distance(followed, studentLimit(count)))),
      relation: 'at most',
      bound: () => 1,
      reason: 'as on the line, for both coordinates; the remainder in η is taken for a third of what halving it changed; the start is forgotten but for 9 e⁻⁸ of ∇u, as κ ≥ 1/γ for a convex f',
    },
    {
      name: 'gradient of the grid solutions against (x − ⟨y⟩)/γ',
      observe: ({ line: followed, planes }) => Math.max(...[followed, ...planes].map(({ gridError, flow, rungs }) =>
        (gridError * flow.time[flow.time.length - 1]) / Math.min(...rungs.flatMap(({ means }) => means.flat().map(({ standardError }) => standardError))))),
      relation: 'at most',
      bound: () => 0.5,
      reason: 'along the flows, times their length in time, in units of the smallest standard error: what the grid puts in stays below half of one',
    },
    {
      name: '∇u in 650 dimensions, mean square of whitened differences',
      observe: ({ full }) => full.chiSquare,
      relation: 'at most',
      bound: ({ full }, { full: { count } }) => 1 + normalLimit * Math.sqrt((2 / 650) * (1 + 1 / (count - 1))) + full.stepBias ** 2 / 650,
      reason: 'Entropy-SGD’s averages against independent chains of second order: χ² of 650 components over its number, with five standard deviations √(2/650), the pooled variance’s own, and the most that the step’s bias adds',
    },
    {
      name: '∇u in 650 dimensions, along ∇f',
      observe: ({ full }) => full.alongGradient,
      relation: 'at most',
      bound: ({ full }) => normalLimit + full.stepBias,
      reason: 'one direction, fixed before: five standard deviations, and the most that the step’s bias can be',
    },
  ],
  control: {
    broken: String.raw`the algorithm runs at $2\gamma$, with half the learning rate so that its steps are as long in the flow’s time; the equation stays at $\gamma$`,
    change: (parameters) => ({ ...parameters, mismatch: 2 }),
    mustFail: [
      'iterates on the 1-D landscape, extrapolated in η', 'iterates on the digits slice, extrapolated in η',
      '∇u in 650 dimensions, mean square of whitened differences', '∇u in 650 dimensions, along ∇f',
    ],
  },
  figure: ({ line: followed, planes, full, slice }, { samples }) => {
    const { rungs, flow } = followed
    const rates = rungs.map(({ rate }) => rate)
    const errors = rungs.map((rung) => meanError(rung, followed))
    const range: [number, number] = [-slice.half, slice.half]
    const shape: [number, number] = [slice.size, slice.size]
    const shown = full.chains.map((value, k) => ({ value, k })).sort((a, b) => a.value - b.value).filter((_, rank) => rank % 10 === 0)
    const most = 1.2 * largest(full.chains)
    return {
      title: 'Entropy-SGD follows the gradient flow of local entropy',
      caption: `Top: the paper’s landscape x² + 1.5 sin 2πx at β = ${line.beta}, γ = ${line.gamma}. Bottom: softmax regression on ${samples} digits; on a plane through its minimiser at β = ${plane.beta}, `
        + `γ = ${plane.gamma}, and every tenth in order of size of all 650 components of ∇u at β = ${whole.beta}, γ = ${whole.gamma}.`,
      panels: [
        {
          title: 'Mean iterates and the flow, 1-D',
          x: { label: 'time s = kηγ' },
          y: { label: 'x' },
          marks: [
            { kind: 'line', x: flow.time, y: flow.points.map(([x]) => x), label: 'flow of ∇u', color: 6, width: 2 },
            ...rungs.map(({ rate, path }, k) => ({
              kind: 'points' as const, x: path.map(({ time }) => time), y: path.map(({ point }) => point[0]), label: `η = ${rate}`, color: k,
            })),
          ],
        },
        {
          title: 'Mean distance from the flow, 1-D',
          x: { label: 'η', type: 'log' },
          y: { label: 'distance', type: 'log' },
          marks: [
            { kind: 'points', x: rates, y: errors, label: 'iterates', color: 0 },
            { kind: 'line', x: rates, y: rates.map((rate) => (errors[0] * rate) / rates[0]), label: 'slope 1', dashed: true, color: 6 },
          ],
        },
        {
          title: 'Iterates and flow on the digits slice',
          x: { label: 'from start to minimiser', domain: [-11, 2] },
          y: { label: 'steepest across', domain: [-6, 6] },
          marks: [
            { kind: 'contours', x: range, y: range, shape, values: slice.entropy, levels: 40, color: 7 },
            ...planes.flatMap(({ rungs: runs, flow: path }, j) => [
              { kind: 'line' as const, x: path.points.map(([x]) => x), y: path.points.map(([, y]) => y), color: 6, width: 2, ...(j === 0 && { label: 'flow' }) },
              ...runs.map(({ rate, path: reached }, k) => ({
                kind: 'points' as const, x: reached.map(({ point }) => point[0]), y: reached.map(({ point }) => point[1]), color: k,
                ...(j === 0 && { label: `η = ${rate}` }),
              })),
            ]),
          ],
        },
        {
          title: '∇u in 650 dimensions',
          x: { label: 'independent chains', domain: [-most, most] },
          y: { label: 'Entropy-SGD, ± 2 s.e.', domain: [-most, most] },
          marks: [
            { kind: 'line', x: [-most, most], y: [-most, most], label: 'equal', dashed: true, color: 6 },
            {
              kind: 'points', x: shown.map(({ value }) => value), y: shown.map(({ k }) => full.algorithm[k]), errors: shown.map(({ k }) => 2 * full.algorithmErrors[k]), color: 0,
            },
          ],
        },
      ],
    }
  },
}
