import type { Figure } from '../../lib/figure/figure.ts'

const x = Array.from({ length: 401 }, (_, i) => -2 + i / 100)
const landscape = (s: number): number => 0.25 * (s * s - 1) ** 2 + 0.1 * Math.sin(12 * s)
const ladder = [1, 10, 100, 1000, 1e4]
const hill = (s: number, t: number): number => Math.exp(-(s * s + t * t)) - 0.6 * Math.exp(-((s - 1) ** 2 + (t - 0.7) ** 2) / 0.3)

function onGrid(n: number, m: number, of: (s: number, t: number) => number): number[] {
  return Array.from({ length: n * m }, (_, k) => of(-2 + (4 * Math.floor(k / m)) / (n - 1), -1.5 + (3 * (k % m)) / (m - 1)))
}

/** Curves, a band, a rule, a text and gaps; a logarithmic convergence plot with error bars. */
export const curves: Figure = {
  title: 'The landscape and its smoothed forms',
  caption: 'Left, the loss and its local entropy at three inverse temperatures; right, the gap to the envelope falls like 1/β until round-off ' +
    'takes over, & stays < the bound.',
  panels: [
    {
      title: 'Values',
      x: { label: 'x' },
      y: { label: 'f, u(x, γ)' },
      marks: [
        { kind: 'line', x, y: x.map(landscape), label: 'f' },
        { kind: 'line', x, y: x.map((s) => 0.25 * (s * s - 1) ** 2 * 0.6 + 0.35), label: 'u, β = 5' },
        { kind: 'line', x, y: x.map((s, i) => (i > 180 && i < 200 ? NaN : 0.25 * (s * s - 1) ** 2 * 0.5 - 0.2)), label: 'u₀', dashed: true },
        { kind: 'band', x, low: x.map((s) => 1.2 + 0.1 * s), high: x.map((s) => 1.5 + 0.1 * s), label: 'allowed' },
        { kind: 'rule', axis: 'x', at: 1, label: 'shock' },
        { kind: 'text', x: -1.9, y: 2, text: 'steep wall' },
      ],
    },
    {
      title: 'Gap to the inviscid solution',
      x: { label: 'inverse temperature β', type: 'log' },
      y: { label: 'sup |u − u₀|', type: 'log' },
      marks: [
        { kind: 'points', x: ladder, y: ladder.map((b) => 0.3 / b + 1e-5), errors: ladder.map((b) => 0.1 / b + 0.9e-5), label: 'measured' },
        { kind: 'line', x: ladder, y: ladder.map((b) => 1 / b), label: 'bound', dashed: true },
      ],
    },
  ],
}

/** Heat maps, sequential and diverging, with level lines and a path. */
export const maps: Figure = {
  title: 'A two-dimensional landscape',
  panels: [
    {
      title: 'f',
      x: { label: 'x' },
      y: { label: 'y' },
      marks: [
        { kind: 'heat', x: [-2, 2], y: [-1.5, 1.5], shape: [41, 31], values: onGrid(41, 31, hill), label: 'f(x, y)' },
        { kind: 'contours', x: [-2, 2], y: [-1.5, 1.5], shape: [41, 31], values: onGrid(41, 31, hill) },
        { kind: 'line', x: [-1.5, -1, 0, 1], y: [-1, -0.9, 0, 0.7], label: 'path', color: 1 },
      ],
    },
    {
      title: 'Difference, with a wall',
      x: { label: 'x' },
      y: { label: 'y' },
      marks: [
        {
          kind: 'heat', x: [-2, 2], y: [-1.5, 1.5], shape: [81, 61], label: 'difference of the two solvers', diverging: true,
          values: onGrid(81, 61, (s, t) => (s > 1.4 && t < -1 ? NaN : 1e-7 * Math.sin(2 * s) * Math.cos(3 * t))),
        },
      ],
    },
    {
      title: 'Level lines alone',
      x: { label: 'x' },
      y: { label: 'y' },
      marks: [{ kind: 'contours', x: [-2, 2], y: [-1.5, 1.5], shape: [41, 31], values: onGrid(41, 31, hill), label: 'f', levels: 6 }],
    },
  ],
}

/** Nine curves that nearly coincide: no room for labels inside. */
export const crowd: Figure = {
  title: 'Nine curves',
  panels: [
    {
      x: { label: 'x' },
      y: { label: 'value' },
      marks: Array.from({ length: 9 }, (_, k) => ({
        kind: 'line' as const, x, y: x.map((s) => Math.sin(3 * s + 0.1 * k)), label: `a rather long name of curve number ${k + 1}`,
      })),
    },
  ],
}
