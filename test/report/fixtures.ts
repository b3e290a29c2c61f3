import type { CheckResult, Claim, Verdict } from '../../lib/claims/claim.ts'
import { curves, maps } from '../figure/examples.ts'

export function check(name: string, measured: number, relation: CheckResult['relation'], bound: number, reason = 'a reason'): CheckResult {
  return { name, measured, relation, bound, reason, holds: relation === 'at most' ? measured <= bound : measured >= bound }
}

const unused = {
  checks: [],
  experiment: () => Promise.reject(new Error('not run')),
  figure: () => curves,
  parameters: { quick: {}, full: {} },
}

export const claims: Claim[] = [
  {
    ...unused,
    id: 'cole-hopf',
    paper: 'deep-relaxation',
    title: 'Local entropy solves the viscous Hamilton–Jacobi equation',
    statement: String.raw`u(x,t) = -\frac1\beta \log\Big( G_{t/\beta} * e^{-\beta f} \Big)(x) \quad\text{solves}\quad u_t = -\tfrac12 |\nabla u|^2 + \tfrac{1}{2\beta} \Delta u, \qquad u(x,0) = f(x)`,
    hypotheses: String.raw`$f : \mathbb{R}^d \to \mathbb{R}$ is continuous, bounded below & $\int e^{-\beta f} < \infty$; costs \$0.`,
    source: 'Deep Relaxation, Lemma 1',
    seed: 1,
    control: { broken: 'The viscosity $1/\\beta$ in place of $1/(2\\beta)$.', change: (p) => p, mustFail: ['grid solver against quadrature'] },
  },
  {
    ...unused,
    id: 'vanishing-viscosity',
    paper: 'deep-relaxation',
    title: 'As β grows the local entropy tends to the lower envelope <at rate 1/β>',
    statement: String.raw`\sup_x |u(x,t) - u_0(x,t)| = O(\beta^{-1}), \qquad u_0(x,t) = \inf_y \Big\{ f(y) + \frac{|x-y|^2}{2t} \Big\}`,
    hypotheses: '$f$ is semiconvex with constant $m$ and $1 + tm > 0$.',
    corrected: {
      printed: String.raw`u(x,t) = \inf_y \Big\{ f(y) + \frac{1}{2t}|x-y|^2 \Big\}`,
      wrong: 'The infimum formula solves the inviscid equation only; at finite $\\beta$ it differs from $u$ by $\\frac{d}{2\\beta}\\log(1+tm)$.',
    },
    source: 'Deep Relaxation, Section 2.2',
    seed: 2,
    control: { broken: 'The infimum formula at $\\beta = 5$.', change: (p) => p, mustFail: ['gap at β = 5', 'slope in β'] },
  },
  {
    ...unused,
    id: 'semiconcavity',
    paper: 'deep-relaxation',
    title: 'Second differences are bounded',
    statement: String.raw`\sup_x u_{x_k x_k} \le \frac{1}{C_k^{-1} + t}`,
    hypotheses: '$f_{x_k x_k} \\le C_k$.',
    source: 'Deep Relaxation, Theorem 2',
    seed: 3,
    control: { broken: 'The bound with $t$ doubled.', change: (p) => p, mustFail: ['largest second difference'] },
  },
]

export const verdicts: Verdict[] = [
  {
    id: 'cole-hopf', paper: 'deep-relaxation', tier: 'quick', verdict: 'holds', seconds: 3.84123456789, seed: 1,
    parameters: { beta: [0.5, 5, 50, 5000], gamma: 0.1 + 0.2, nodes: 2001, dimension: { largest: 2 } },
    checks: [
      check('error on Gaussian mixtures', 3.1234567890123e-13, 'at most', 1e-10, 'round-off of sums over 2001 nodes & 4 temperatures'),
      check('grid solver against quadrature', 0.000812345678901234, 'at most', 0.001, 'order h² with the constant of the exact fourth derivative'),
      check('observed order', 4.98123, 'at least', 4.5, 'declared order 5 less half the gap to the next lower scheme'),
    ],
    control: {
      failed: true, broken: 'The viscosity $1/\\beta$ in place of $1/(2\\beta)$.', mustFail: ['grid solver against quadrature'],
      checks: [check('error on Gaussian mixtures', 3.1e-13, 'at most', 1e-10), check('grid solver against quadrature', 0.41, 'at most', 0.001)],
    },
    figure: curves,
  },
  {
    id: 'vanishing-viscosity', paper: 'deep-relaxation', tier: 'quick', verdict: 'holds with correction', seconds: 4.1, seed: 77, parameters: {},
    checks: [check('gap at β = 5', 0.0731, 'at most', 0.08), check('slope in β', -1.0000001, 'at most', -0.99)],
    control: {
      failed: true, broken: 'The infimum formula at $\\beta = 5$.', mustFail: ['gap at β = 5', 'slope in β'],
      checks: [check('gap at β = 5', 0.3, 'at most', 0.08), check('slope in β', Number.NaN, 'at most', -0.99)],
    },
    figure: maps,
  },
  {
    id: 'semiconcavity', paper: 'deep-relaxation', tier: 'quick', verdict: 'fails', seconds: 2, seed: 3, parameters: { t: 0.2 },
    checks: [check('largest second difference', 1.00004, 'at most', 1), check('violations', 0, 'at most', 0)],
    control: {
      failed: false, broken: 'The bound with $t$ doubled.', mustFail: ['largest second difference'],
      checks: [check('largest second difference', 0.9, 'at most', 1), check('violations', 0, 'at most', 0)],
    },
    figure: { title: 'Curvature', panels: [curves.panels[1]] },
  },
]
