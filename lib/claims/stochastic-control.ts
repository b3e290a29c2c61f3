import type { Figure } from '../figure/figure.ts'
import type { Claim } from './claim.ts'
import { largest, observedOrder } from './measure.ts'
import { experiment } from './stochastic-control-experiment.ts'
import type { Case, Measured, Measurement, Parameters } from './stochastic-control-experiment.ts'
import { followed } from './stochastic-control-runs.ts'
import type { Followed } from './stochastic-control-runs.ts'

/** How far off a mean may be: four standard errors, and what the step and the grid may do. */
const allowance = ({ standardError, step, grid }: Measured): number => 4 * standardError + step + grid

const share = (measured: Measured): number => measured.estimate / allowance(measured)

const shares = ({ cases }: Measurement, of: (one: Case) => Measured): number => largest(cases.map((one) => share(of(one))))

/** Distance of a mean from a known number, as a share of what it may be. */
const off = (measured: Measured, exact: number): number => share({ ...measured, estimate: measured.estimate - exact })

const others: Followed[] = followed.filter((name) => name !== 'optimal')
const units = 'in units of four standard errors (of paired paths, what goes with Itô sums of mean 0 taken out), half of what doubling dt changes, and what doubling h changes; methods of second order are off by a third of either change, but the coarse grids are hardly fine enough for that; the largest over quadratics, wells on the line and in the plane'

export const stochasticControl: Claim<Parameters, Measurement> = {
  id: 'stochastic-control',
  paper: 'deep-relaxation',
  title: 'The optimally controlled equation improves on the uncontrolled one by more than its control costs',
  statement: String.raw`\mathbb E\,V(x_{\text{csgd}}(T))\le\mathbb E\,V(x_{\text{sgd}}(T))-\tfrac12\mathbb E\!\int_0^T\!|\alpha^*|^2ds,\quad\alpha^*=-\nabla u,\qquad\text{with slack}\;\;\mathbb E\,V(x_{\text{sgd}}(T))+\tfrac1\beta\log\mathbb E\,e^{-\beta V(x_{\text{sgd}}(T))}\ge0`,
  hypotheses: String.raw`$dx=(-\nabla f+\alpha)\,ds+\beta^{-1/2}dW$ from $x_0$, $\alpha=0$ for sgd; $-u_t=-\nabla f\cdot\nabla u-\frac12|\nabla u|^2+\frac1{2\beta}\Delta u$, $u(\cdot,T)=V$. Then $u(x_0,0)=\mathbb E[V(x_{\text{csgd}}(T))+\frac12\int|\alpha^*|^2]=-\frac1\beta\log\mathbb E\,e^{-\beta V(x_{\text{sgd}}(T))}$, the controlled law is the uncontrolled one with weights $e^{-\beta V(x(T))}$, and every other $\alpha$ costs $\frac12\mathbb E\int|\alpha+\nabla u|^2$ more. For quadratics, $f=\frac a2x^2$, $V=\frac q2x^2$, $s=T-t$: $\nabla u=\frac{2aq\,e^{-2as}}{2a+q(1-e^{-2as})}\,x$.`,
  corrected: {
    printed: String.raw`\mathbb E\,f(x_{\text{csgd}}(T))\le\mathbb E\,f(x_{\text{sgd}}(T))-\tfrac12\mathbb E\!\int_0^T\!|\alpha|^2ds\;\text{ read as a statement about Entropy-SGD}`,
    wrong: String.raw`It is proved for the optimal control $\alpha^*=-\nabla u(x,s)$, which depends on the time that is left and is added to $-\nabla f$. Entropy-SGD follows $-\nabla u_\gamma$ of local entropy in place of $-\nabla f$, with $\gamma$ of its own: some other control $\alpha=\nabla f-\nabla u_\gamma$, which costs $\frac12\mathbb E\int|\alpha+\nabla u|^2$ more than $\alpha^*$. Whether the inequality holds for it is open; the figure reports it.`,
  },
  source: 'Chaudhari et al. (2018), Deep Relaxation, the stochastic control interpretation; Fleming & Soner (2006), Controlled Markov Processes, VI; Boué & Dupuis (1998) for the exact slack',
  parameters: {
    quick: {
      riccati: [{ a: 1.2, q: 2, beta: 1.5, time: 0.8, start: 0.7 }], ladder: [31, 61, 121],
      betas: { line: [3], plane: [2] }, size: { line: 121, plane: 33 }, paths: 320, steps: 24, gamma: 0.2, control: 'downhill',
    },
    full: {
      riccati: [1.2, 0, -0.5].map((a) => ({ a, q: 2, beta: 1.5, time: a > 0 ? 0.8 : 0.5, start: 0.7 })), ladder: [31, 61, 121, 241],
      betas: { line: [1, 3, 8], plane: [2, 6] }, size: { line: 241, plane: 65 }, paths: 2000, steps: 48, gamma: 0.2, control: 'downhill',
    },
  },
  seed: 0,
  experiment,
  checks: [
    {
      name: 'value and control of quadratics against the Riccati equation: order in h',
      observe: ({ ladders }) => Math.min(...ladders.flatMap(({ spacing, value, control }) => [observedOrder(spacing, value), observedOrder(spacing, control)])),
      relation: 'at least',
      bound: () => 2.5,
      reason: 'a parabola is exact in space for the scheme (order 5) and for central differences; of order 3 in time, dt ∝ h, less half the gap to 2',
    },
    {
      name: 'value against −(1/β) log of the linear equation',
      observe: ({ linear }) => largest(linear.map(({ distance, change }) => distance / change)),
      relation: 'at most',
      bound: () => 1,
      reason: 'at every node where f is low, Hamilton–Jacobi–Bellman against Fokker–Planck on the density e^{−βV−2βf}; in units of half of what doubling h changes in both, where methods of second order are off by a third',
    },
    {
      name: 'identity: E[V + ½∫|α*|²] is u(x₀, 0)',
      observe: (measurement) => shares(measurement, ({ identity }) => identity.optimal),
      relation: 'at most',
      bound: () => 1,
      reason: units,
    },
    {
      name: 'inequality: E[V + ½∫|α*|²] at most E V of sgd',
      observe: ({ cases }) => Math.max(...cases.map(({ improvement }) => share(improvement.optimal))),
      relation: 'at most',
      bound: () => 0,
      reason: 'the difference in the units of the identity; no allowance, as the slack is many of them',
    },
    {
      name: 'exact slack: E[V + ½∫|α*|²] is −(1/β) log E e^{−βV} of sgd',
      observe: (measurement) => shares(measurement, ({ logMean }) => logMean),
      relation: 'at most',
      bound: () => 1,
      reason: `${units}; both sides from the same noise`,
    },
    {
      name: 'tilt: E V under α* is E[V e^{−βV}]/E e^{−βV} of sgd',
      observe: (measurement) => shares(measurement, ({ tilt }) => tilt),
      relation: 'at most',
      bound: () => 1,
      reason: `${units}; both sides from the same noise`,
    },
    {
      name: 'any other control costs ½E∫|α + ∇u|² more',
      observe: (measurement) => largest(others.map((name) => shares(measurement, ({ identity }) => identity[name]))),
      relation: 'at most',
      bound: () => 1,
      reason: `none, −2∇u, ∇u and that of Entropy-SGD’s averaged drift; ${units}`,
    },
    {
      name: 'the identity tells −2∇u from −∇u',
      observe: ({ cases }) => Math.min(...cases.map(({ twice }) => share(twice))),
      relation: 'at least',
      bound: () => 1,
      reason: 'E[V + ½∫|α|²] less u(x₀, 0), which is ½E∫|∇u|², in the units of the identity: a wrong factor in the control’s formula does not pass it, though the inequality may survive',
    },
    {
      name: 'E V and ½E∫|α|² of quadratics in closed form',
      observe: ({ cases }) => largest(cases.flatMap(({ costs, exact = {} }) => Object.entries(exact).flatMap(([name, { terminal, running }]) => {
        const found = costs[name as Followed]
        return name === 'none' ? [off(found.terminal, terminal)] : [off(found.terminal, terminal), off(found.running, running)]
      }))),
      relation: 'at most',
      bound: () => 1,
      reason: 'without control, under −∇u, −2∇u and ∇u, from the mean and variance of the Gaussian law; in the units of the identity',
    },
  ],
  control: {
    broken: String.raw`the control climbs: $\alpha=+\nabla u$ is followed as the optimal one. ($\alpha=-2\nabla u$ would break the identity only; it is among the checks.)`,
    change: (parameters) => ({ ...parameters, control: 'uphill' }),
    mustFail: [
      'identity: E[V + ½∫|α*|²] is u(x₀, 0)', 'inequality: E[V + ½∫|α*|²] at most E V of sgd', 'exact slack: E[V + ½∫|α*|²] is −(1/β) log E e^{−βV} of sgd',
      'tilt: E V under α* is E[V e^{−βV}]/E e^{−βV} of sgd', 'E V and ½E∫|α|² of quadratics in closed form',
    ],
  },
  figure,
}

const labels: Record<Followed, string> = { 'none': 'α = 0', 'optimal': '−∇u', 'twice': '−2∇u', 'reversed': '∇u', 'entropy-sgd': 'Entropy-SGD' }

function figure({ cases, picture }: Measurement, { gamma }: Parameters): Figure {
  const shown = cases.find(({ exact }) => exact === undefined)!
  const { x, times, value, terminal, control, paths } = picture
  const span: [number, number] = [times[0], times.at(-1)!]
  const reach: [number, number] = [x[0], x.at(-1)!]
  const { estimate, standardError } = shown.improvement['entropy-sgd']
  const most = largest(control)
  const { costs } = shown
  const left = followed.map((name) => costs[name].terminal.estimate)
  const top = 1.1 * Math.max(...followed.map((name) => costs[name].running.estimate + 4 * costs[name].running.standardError))
  const margin = 0.15 * (Math.max(...left) - Math.min(...left))
  const ends: [number, number] = [Math.min(...left) - margin, Math.max(...left) + 2 * margin]
  // Points with the same sum of both costs, as far as the panel goes.
  const level = (sum: number) => ({ kind: 'line' as const, x: [sum, sum - Math.min(top, sum - ends[0])], y: [0, Math.min(top, sum - ends[0])] })
  return {
    title: 'Stochastic control',
    caption: `${shown.name}. Middle: dashed without control, green under α*, with the same noise. Right: no control gets left of the first line, the inequality holds left of the second; bars are four standard errors. Entropy-SGD’s drift −∇u_γ, γ = ${gamma}, `
      + `costs ${Math.abs(estimate).toFixed(3)} ± ${standardError.toFixed(3)} ${estimate > 0 ? 'more' : 'less'} than no control: open, not a theorem.`,
    columns: 3,
    panels: [
      {
        title: 'value at time 0 and terminal cost',
        x: { label: 'x' },
        y: { label: 'cost' },
        marks: [
          { kind: 'line', x, y: terminal, label: 'V = f', color: 6 },
          { kind: 'line', x, y: value, label: 'u(x, 0)', color: 0 },
          { kind: 'rule', axis: 'x', at: paths.none[0][0], label: 'x₀', dashed: true, color: 6 },
        ],
      },
      {
        title: 'control, and paths',
        x: { label: 'time' },
        y: { label: 'x', domain: reach },
        marks: [
          { kind: 'heat', x: span, y: reach, shape: [times.length, x.length], values: control, label: 'α*(x, t)', diverging: true, range: [-most / 2, most / 2] },
          ...paths.none.map((path, k) => ({ kind: 'line' as const, x: times, y: path, dashed: true, color: 6, ...(k === 0 && { label: 'none' }) })),
          ...paths.optimal.map((path, k) => ({ kind: 'line' as const, x: times, y: path, color: 2, ...(k === 0 && { label: 'α*' }) })),
        ],
      },
      {
        title: 'costs',
        x: { label: 'E V(x(T))', domain: ends },
        y: { label: '½E∫|α|²', domain: [0, top] },
        marks: [
          { ...level(shown.value), color: 0, label: 'sum u(x₀, 0)' },
          { ...level(costs.none.terminal.estimate), dashed: true, color: 6, label: 'sum E V of sgd' },
          ...followed.map((name, k) => ({
            kind: 'points' as const, x: [costs[name].terminal.estimate], y: [costs[name].running.estimate], errors: [4 * costs[name].running.standardError], label: labels[name], color: [6, 0, 1, 3, 4][k],
          })),
        ],
      },
    ],
  }
}
