import type { Figure } from '../figure/figure.ts'
import type { Claim } from './claim.ts'
import { experiment } from './kinetic-runs.ts'
import type { Measurement, QuadraticCase } from './kinetic-runs.ts'
import type { Parameters } from './kinetic-parameters.ts'
import { largest, observedOrder } from './measure.ts'

/** Order in 1/c. */
const orderIn = (friction: number[], distance: number[]): number => observedOrder(friction.map((c) => 1 / c), distance)
const of = (method: QuadraticCase['method'], list: QuadraticCase[]): QuadraticCase[] => list.filter((one) => one.method === method)
const awayFromOne = (values: number[]): number[] => values.map((value) => Math.abs(value - 1))

const momentsReason = 'ΦΣΦᵀ + BBᵀ = Σ by doublings of the method’s own step on unit states and unit increments; in units of eps/(1 − ρ²): a step rounds a few times, and its memory is 1/(1 − ρ²) steps long; on the line and in the plane with masses, c from 0.3 to 20'

export const kineticLangevin: Claim<Parameters, Measurement> = {
  id: 'kinetic-langevin',
  paper: 'sgd',
  title: 'Langevin’s equation with momentum has the law e^{−β(f + p²/2)} if its noise is √(2c/β) dW, between gradient flow with noise and conservation of energy',
  statement: String.raw`dx=p\,dt,\;\;dp=-(\nabla f(x)+cp)\,dt+\sqrt{2c/\beta}\,dW\;\Rightarrow\;\rho_\infty\propto e^{-\beta(f(x)+|p|^2/2)};\qquad x(ct)\xrightarrow{c\to\infty}\bar x(t),\;\;d\bar x=-\nabla f(\bar x)\,dt+\sqrt{2/\beta}\,dW;\qquad c\to0:\;\;f+\tfrac12|p|^2=\text{const}`,
  hypotheses: String.raw`$f$ smooth and growing fast enough for $Z=\int e^{-\beta f}$ to be finite. Laws come to the overdamped one as $O(c^{-2})$ from $p_0\sim N(0,1/\beta)$ and as $O(1/c)$ from a fixed $p_0\neq0$; paths on the same noise, $W_c(ct)=\sqrt c\,W(t)$, as $O(1/c)$, by $X-\bar x\approx-P/c$.`,
  corrected: {
    printed: String.raw`dp=-(\nabla f(x)+cp)\,dt+\sqrt{c/\beta}\,dW`,
    wrong: String.raw`Fluctuation and dissipation balance at $\sigma^2=2c/\beta$. The printed noise has the law $e^{-2\beta(f+|p|^2/2)}$ and, as $c\to\infty$, the overdamped equation at $2\beta$; the limit also needs time in units of $c$, which is not said.`,
  },
  source: 'Chaudhari et al. (2018), Deep Relaxation, stochastic gradient descent with momentum; Pavliotis (2014), Stochastic Processes and Applications, §6; Leimkuhler & Matthews (2013), Rational construction of stochastic numerical methods for molecular sampling',
  parameters: {
    quick: {
      paths: { moments: 4000, printed: 2000, coupled: 800 }, dt: 0.125, time: 24, frictions: { laws: [8, 16, 32, 64, 128], paths: [2, 4, 8] }, steps: 32_768,
      noise: 'square-root-of-two-friction-over-beta',
    },
    full: {
      paths: { moments: 60_000, printed: 20_000, coupled: 2000 }, dt: 0.125, time: 30, frictions: { laws: [8, 16, 32, 64, 128, 256, 512], paths: [2, 4, 8, 16] }, steps: 4_194_304,
      noise: 'square-root-of-two-friction-over-beta',
    },
  },
  seed: 1,
  experiment,
  checks: [
    {
      name: 'BAOAB on parabolas: ⟨xxᵀ⟩ = A⁻¹/β, ⟨ppᵀ⟩ = (M − dt²A/4)/β',
      observe: ({ quadratics }) => largest(of('baoab', quadratics).map(({ error }) => error)),
      relation: 'at most',
      bound: () => 8,
      reason: momentsReason,
    },
    {
      name: 'OBABO on parabolas: ⟨xxᵀ⟩ = (A − dt²AM⁻¹A/4)⁻¹/β, ⟨ppᵀ⟩ = M/β',
      observe: ({ quadratics }) => largest(of('obabo', quadratics).map(({ error }) => error)),
      relation: 'at most',
      bound: () => 8,
      reason: momentsReason,
    },
    {
      name: 'moments of BAOAB in a double well against e^{−β(f + p²/2)}/Z',
      observe: ({ sampled }) => sampled.worst,
      relation: 'at most',
      bound: () => 4,
      reason: 'the largest of nine moments of x and p up to order four, in standard errors; extrapolated in dt on the same paths, which leaves O(dt⁴); what is left of the start is below e^{−13}, the slowest rate of the equation being 0.56 (expansion in Hermite polynomials)',
    },
    {
      name: 'histogram of (x, p) against e^{−β(f + p²/2)}/Z',
      observe: ({ sampled: { variation, sampling, bias } }) => variation / (sampling + 2 * bias),
      relation: 'at most',
      bound: () => 1,
      reason: 'total variation on the bins, in units of its own law by n independent paths (mean deviation and four standard deviations of it) and twice the method’s dt²E|f″|/16·E|z² − 1|, which is that of a parabola',
    },
    {
      name: 'the printed noise √(c/β) has the moments of 2β',
      observe: ({ printed }) => printed.worst,
      relation: 'at most',
      bound: () => 4,
      reason: 'as for the moments above, by the equation as printed and a method for any equation; the slowest rate at 2β is 0.28, e^{−6.7} = 0.001 against standard errors of 0.02',
    },
    {
      name: 'c → ∞ from p₀ in equilibrium: order of W₂ from the overdamped law in 1/c',
      observe: ({ limits: { friction, laws } }) => Math.min(...laws.map(({ equilibrium }) => orderIn(friction, equilibrium))),
      relation: 'at least',
      bound: () => 1.5,
      reason: 'order 2, less half the gap to 1; exact Gaussian laws on a parabola, at two overdamped times',
    },
    {
      name: 'c → ∞ from a fixed p₀ ≠ 0: x is ahead by p₀e^{−λt}/c',
      observe: ({ limits: { friction, leading } }) => orderIn(friction, awayFromOne(leading)),
      relation: 'at least',
      bound: () => 0.5,
      reason: 'c times the difference of means over p₀e^{−λt} comes to 1 at order 1 in 1/c, less half the gap to 0: the law’s distance is of order 1, not 2',
    },
    {
      name: 'c → ∞ on the same noise: X − x̄ has the r.m.s. 1/(c√β)',
      observe: ({ limits: { friction, paths } }) => orderIn(friction, awayFromOne(paths)),
      relation: 'at least',
      bound: () => 1.5,
      reason: 'from p₀ = 0 the distance is −P/c but for λ/c ∫P dt of the size 1/c², which correlates with P for a time 1/c² only: c√β times its r.m.s. comes to 1 at order 2 in 1/c, less half the gap to 1; exact joint Gaussian law on a parabola',
    },
    {
      name: 'the same in a double well, by paths',
      observe: ({ limits: { sampled: { friction, distance } } }) =>
        largest(distance.map(({ estimate, standardError }, k) => (estimate - 1) / (4 * standardError + 1 / friction[k] ** 2))),
      relation: 'at most',
      bound: () => 1,
      reason: 'c√β times the r.m.s. distance less 1, in units of four standard errors and of 1/c², three times what a parabola has',
    },
    {
      name: 'c → ∞ with the printed noise: order of W₂ from the overdamped law of 2β',
      observe: ({ limits: { friction, laws } }) => Math.min(...laws.map(({ printed }) => orderIn(friction, printed))),
      relation: 'at least',
      bound: () => 1.5,
      reason: 'order 2, less half the gap to 1',
    },
    {
      name: 'c = 0: order in dt of the largest change of energy',
      observe: ({ energies: { dt, change } }) => observedOrder(dt, change),
      relation: 'at least',
      bound: () => 1.5,
      reason: 'BAOAB without friction is velocity Verlet: order 2, less half the gap to 1; starts within the wells and across them',
    },
    {
      name: 'c = 0: order in dt of the change of H + dt²(p²f″/12 − f′²/24)',
      observe: ({ energies: { dt, modified } }) => observedOrder(dt, modified),
      relation: 'at least',
      bound: () => 3,
      reason: 'the method’s own Hamiltonian, kept to dt⁴; less half the gap to 2',
    },
    {
      name: 'c = 0: the change of energy is bounded',
      observe: ({ energies: { growth } }) => growth,
      relation: 'at most',
      bound: () => 1.01,
      reason: 'the largest change in the whole run over that in its first 1/64, some ten periods of 60 steps; a peak between two steps is missed by at most (π/60)²/2 of it in each period',
    },
    {
      name: 'c → 0: the mean energy changes by c(T/β − ∫p²dt)',
      observe: ({ damping: { friction, rest } }) => observedOrder(friction, rest),
      relation: 'at least',
      bound: () => 0.5,
      reason: 'the change over c comes to its limit at order 1 in c, less half the gap to 0; exact law on a parabola, at T = 5',
    },
  ],
  control: {
    broken: String.raw`the printed noise $\sqrt{c/\beta}\,dW$ is held to $e^{-\beta(f+|p|^2/2)}$ and to the overdamped equation at $\beta$ (at $c=0$ it cannot show)`,
    change: (parameters) => ({ ...parameters, noise: 'printed' }),
    mustFail: [
      'BAOAB on parabolas: ⟨xxᵀ⟩ = A⁻¹/β, ⟨ppᵀ⟩ = (M − dt²A/4)/β', 'OBABO on parabolas: ⟨xxᵀ⟩ = (A − dt²AM⁻¹A/4)⁻¹/β, ⟨ppᵀ⟩ = M/β',
      'moments of BAOAB in a double well against e^{−β(f + p²/2)}/Z', 'histogram of (x, p) against e^{−β(f + p²/2)}/Z',
      'c → ∞ from p₀ in equilibrium: order of W₂ from the overdamped law in 1/c', 'c → ∞ on the same noise: X − x̄ has the r.m.s. 1/(c√β)', 'the same in a double well, by paths',
      'c → 0: the mean energy changes by c(T/β − ∫p²dt)',
    ],
  },
  figure,
}

function figure({ ladder, sampled, limits, energies }: Measurement, { paths }: Parameters): Figure {
  const { friction, laws: [first] } = limits
  const same = limits.paths.map((ratio, k) => ratio / (friction[k] * Math.SQRT2))
  const guide = (values: number[], power: number): number[] => friction.map((c) => values.at(-1)! * (friction.at(-1)! / c) ** power)
  const moments = (method: QuadraticCase['method'], which: 'x' | 'p', label: string, color: number) =>
    ({ kind: 'points' as const, x: of(method, ladder).map(({ dt }) => dt), y: of(method, ladder).map((one) => one[which]), label, color })
  const dt = of('baoab', ladder).map((one) => one.dt)
  const density = ({ at, masses, shares }: Measurement['sampled']['x'], label: string, color: number) => {
    const width = at[1] - at[0]
    return [
      { kind: 'line' as const, x: at, y: masses, label, color },
      { kind: 'points' as const, x: at, y: shares, errors: shares.map((share) => 2 * Math.sqrt((share * Math.max(0, 1 - share * width)) / (width * paths.moments))), color },
    ]
  }
  return {
    title: 'Langevin’s equation with momentum',
    caption: `Lines on the upper left are formulas; dots with bars of two standard errors are ${paths.moments} paths of BAOAB at c = 1, β = 1.5; dashed lines have the slopes −1 and −2.`,
    panels: [
      {
        title: 'stationary moments on a parabola, λ = 1.5',
        x: { label: 'dt' },
        y: { label: 'moment over its value at β' },
        marks: [
          moments('baoab', 'x', 'BAOAB ⟨x²⟩', 0), moments('baoab', 'p', 'BAOAB ⟨p²⟩', 1), moments('obabo', 'x', 'OBABO ⟨x²⟩', 2),
          { kind: 'line', x: dt, y: dt.map((h) => 1 - (1.5 * h * h) / 4), color: 1 },
          { kind: 'line', x: dt, y: dt.map((h) => 1 / (1 - (1.5 * h * h) / 4)), color: 2 },
          { kind: 'rule', axis: 'y', at: 1, color: 0 },
        ],
      },
      {
        title: 'densities in a double well',
        x: { label: 'x, p' },
        y: { label: 'density' },
        marks: [...density(sampled.x, 'x', 0), ...density(sampled.p, 'p', 1)],
      },
      {
        title: 'distance from the overdamped equation',
        x: { label: 'friction c', type: 'log' },
        y: { label: 'distance', type: 'log' },
        marks: [
          { kind: 'points', x: friction, y: first.equilibrium, label: 'W₂, p₀ in equilibrium', color: 0 },
          { kind: 'line', x: friction, y: guide(first.equilibrium, 2), dashed: true, color: 0 },
          { kind: 'points', x: friction, y: first.fixed, label: 'W₂, fixed p₀', color: 1 },
          { kind: 'line', x: friction, y: guide(first.fixed, 1), dashed: true, color: 1 },
          { kind: 'points', x: friction, y: same, label: 'r.m.s., same noise', color: 2 },
          { kind: 'line', x: friction, y: guide(same, 1), dashed: true, color: 2 },
        ],
      },
      {
        title: 'change of energy without friction, dt = 0.1',
        x: { label: 't' },
        y: { label: 'f + p²/2 − start' },
        marks: [{ kind: 'line', x: energies.trace.time, y: energies.trace.change, label: 'velocity Verlet' }],
      },
    ],
    columns: 2,
  }
}
