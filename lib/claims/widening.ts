import { prox } from '../pde/prox.ts'
import { landscapes, potential } from '../potential/index.ts'
import type { Potential } from '../potential/potential.ts'
import type { Claim, Context } from './claim.ts'
import { digitsSlice } from './digits-slice.ts'
import { evenly, largest } from './measure.ts'
import { gaussianMean, inviscidHessian, lineDerivatives, newtonMinimum, sampled } from './smoothed-derivatives.ts'
import type { Sampled } from './smoothed-derivatives.ts'

interface Parameters {
  /** Times as shares of 1/|λ₀| at maxima and saddles, of 1 at minima. */
  shares: number[]
  digitsTimes: number[]
  /** Panels of the time integrals of the viscous law. */
  panels: number
  /** What the critical points of the inviscid part are followed under, and whether the viscous law knows that they move. */
  flow: 'inviscid' | 'heat'
  motion: boolean
}

interface History {
  name: string
  /** Curvature at the first time that is known: 0 (inviscid), t₀ (viscous). */
  initial: number
  t: number[]
  curvature: number[]
  law: number[]
  /** Largest difference of the two over what the difference quotients may be off (inviscid), or in units of eps/t₀ (viscous). */
  off: number
}

interface Viscous extends History {
  /** The law without the motion of the critical point. */
  still: number[]
  /** Rise of the critical value less ∫ u_xx/2β, in units of eps·(|f| + 1/β). */
  rise: number
}

interface Measurement {
  inviscid: History[]
  /** In the units of `off`. */
  matrices: { saddle: number; digits: number }
  kink: { t: number[]; jump: number[]; law: number[]; off: number }
  viscous: Viscous[]
  heat: { s: number[]; minimum: number[]; maximum: number[]; off: number; vanishing: number; before: number; after: number }
  narrowing: number
}

function newton(slope: (x: number) => number, curvature: (x: number) => number, start: number): number {
  let x = start
  for (let k = 0; k < 30; k++) x -= slope(x) / curvature(x)
  return x
}

const slopeOf = (f: Potential) => (x: number): number => f.gradient([x])[0]
const curvatureOf = (f: Potential) => (x: number): number => f.hessian([x])[0]

/** Curvature of the heat flow of f at its critical point near `start`. */
function heatCurvature(f: Potential, start: number, s: number): number {
  const curvature = (x: number): number => gaussianMean(curvatureOf(f), x, s)
  return curvature(newton((x) => gaussianMean(slopeOf(f), x, s), curvature, start))
}

function followInviscid(name: string, f: Potential, start: number, { shares, flow }: Parameters): History {
  const x = newton(slopeOf(f), curvatureOf(f), start)
  const initial = curvatureOf(f)(x)
  const t = shares.map((share) => share / Math.max(1, Math.abs(initial)) * (initial < 0 ? 0.9 : 4))
  // The heat flow of the broken run: β = 4.
  const found = t.map((time) => (flow === 'inviscid'
    ? inviscidHessian(f, [x], time, 0.002 / (1 + Math.abs(initial)), false)
    : { hessian: [heatCurvature(f, x, time / 4)], accuracy: [1e-12] }))
  const law = t.map((time) => 1 / (1 / initial + time))
  const curvature = found.map(({ hessian }) => hessian[0])
  return { name, initial, t, curvature, law, off: largest(found.map(({ hessian, accuracy }, i) => (hessian[0] - law[i]) / accuracy[0])) }
}

/** Hessians at a critical point against H(I + tH)^{−1}, in the plane. */
function matrixLaw(f: Potential, x: ArrayLike<number>, times: number[], step: number): number {
  const [a, b, , d] = f.hessian(x)
  return largest(times.flatMap((t) => {
    const determinant = (1 + t * a) * (1 + t * d) - t * t * b * b
    const along = t * (a * d - b * b)
    const law = [a + along, b, b, d + along].map((entry) => entry / determinant)
    const { hessian, accuracy } = inviscidHessian(f, x, t, step, true)
    return hessian.map((value, i) => (value - law[i]) / accuracy[i])
  }))
}

const ends = [2 * Math.sqrt(10 / 7), -2 * Math.sqrt(10 / 7)].map((root) => Math.sqrt(5 + root) / 3)
/** Gauss's five points and weights on [0, 1]. */
const gauss = [
  { at: 0.5, weight: 64 / 225 },
  ...ends.flatMap((end, k) => [-1, 1].map((side) => ({ at: (1 + side * end) / 2, weight: (322 + (k === 0 ? -13 : 13) * Math.sqrt(70)) / 1800 }))),
]

/** Follows a critical point of u(·, t) by Newton's iteration and integrates the law in time, by Gauss's rule on panels. */
function followViscous(name: string, sample: Sampled, start: number, beta: number, span: [number, number], { panels, motion }: Parameters): Viscous {
  let x = start
  const state = (t: number): number[] => {
    for (let k = 0; k < 8; k++) {
      const [, slope, curvature] = lineDerivatives(sample, x, t, beta)
      x -= slope / curvature
    }
    return lineDerivatives(sample, x, t, beta)
  }
  const t = evenly(span[0], span[1], panels + 1)
  const first = state(t[0])
  const [curvature, law, still, value] = [[first[2]], [first[2]], [first[2]], [first[0]]]
  let rise = 0
  for (let k = 0; k < panels; k++) {
    const width = t[k + 1] - t[k]
    let [change, stillChange, risen] = [0, 0, 0]
    for (const { at, weight } of gauss) {
      const [, , u2, u3, u4] = state(t[k] + at * width)
      stillChange += width * weight * (-u2 * u2 + u4 / (2 * beta))
      change += width * weight * (-u2 * u2 + (u4 - (motion ? (u3 * u3) / u2 : 0)) / (2 * beta))
      risen += (width * weight * u2) / (2 * beta)
    }
    const next = state(t[k + 1])
    curvature.push(next[2])
    value.push(next[0])
    law.push(law[k] + change)
    still.push(still[k] + stillChange)
    rise = Math.max(rise, Math.abs(value[k + 1] - value[k] - risen))
  }
  return {
    name, initial: first[2], t, curvature, law, still,
    off: largest(curvature.map((c, k) => c - law[k])) / (Number.EPSILON / span[0]),
    rise: rise / (Number.EPSILON * (largest(value) + 1 / beta)),
  }
}

function kinkOf(f: Potential): Measurement['kink'] {
  const t = [0.5, 0.9, 1.1, 1.5, 3]
  const law = t.map((time) => (time > 1 ? (-2 * Math.sqrt(1 - 1 / time)) / time : 0))
  const beside = 1e-6
  // Off the kink the slope bends by |u_xx| ≤ 16 over this distance: 10 at t = 0.9, less at the other times.
  const jump = t.map((time) => 2 * prox(f, [beside], { gamma: time }).gradient[0])
  return { t, jump, law, off: largest(jump.map((value, k) => value - law[k])) / (2 * 16 * beside) }
}

function heatOf(f: Potential, count: number): Measurement['heat'] {
  const s = evenly(0, 0.32, count)
  const minimum = s.map((at) => heatCurvature(f, Math.sqrt(1 - 3 * at), at))
  const maximum = s.map((at) => heatCurvature(f, 0.01, at))
  let [low, high] = [0, 1]
  while (high - low > Number.EPSILON) [low, high] = gaussianMean(curvatureOf(f), 0, (low + high) / 2) < 0 ? [(low + high) / 2, high] : [low, (low + high) / 2]
  const criticalPoints = (at: number): number => {
    const slopes = evenly(-2, 2, 402).map((x) => gaussianMean(slopeOf(f), x, at))
    return slopes.filter((slope, i) => i > 0 && slope * slopes[i - 1] < 0).length
  }
  const off = largest(s.flatMap((at, i) => [minimum[i] - (2 - 6 * at), maximum[i] - (-1 + 3 * at)])) / Number.EPSILON
  return { s, minimum, maximum, off, vanishing: low, before: criticalPoints(0.33), after: criticalPoints(0.34) }
}

async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  const well = landscapes.doubleWell()
  const bowl = landscapes.rippledBowl()
  await context.step({ fraction: 0, activity: 'critical points of the inviscid solution' })
  const inviscid = [
    followInviscid('double well, minimum', well, 1, parameters),
    followInviscid('double well, maximum', well, 0, parameters),
    followInviscid('rippled bowl, minimum', bowl, -0.25, parameters),
    followInviscid('rippled bowl, maximum', bowl, 0.25, parameters),
  ]
  const saddle = potential('(x^2 - 1)^2/4 + y^2/2 + 0.3 x y + 0.2 x^2 y')
  await context.step({ fraction: 0.3, activity: 'Hessians at a saddle and at the trained weights' })
  const { potential: slice } = digitsSlice()
  const matrices = {
    saddle: matrixLaw(saddle, [0, 0], [0.3, 0.6, 0.8], 0.01),
    digits: matrixLaw(slice, newtonMinimum(slice, [0, 0]), parameters.digitsTimes, 0.1),
  }
  await context.step({ fraction: 0.6, activity: 'moving critical points of the viscous solution' })
  const tilted = sampled(potential('(x^2 - 1)^2/4 + 0.15 x'), 4, 401)
  const slanted = sampled(potential('exp(x) - x'), 10, 801)
  const viscous = [
    followViscous('tilted double well, minimum', tilted, 0.9, 8, [0.05, 0.65], parameters),
    followViscous('tilted double well, maximum', tilted, 0.15, 8, [0.05, 0.65], parameters),
    followViscous('eˣ − x', slanted, 0, 2, [0.05, 1.25], parameters),
  ]
  const steep = sampled(potential('x^2/2 + x^4'), 3, 301)
  return {
    inviscid, matrices, kink: kinkOf(well), viscous, heat: heatOf(well, 17),
    narrowing: Math.max(...evenly(0.01, 0.1, 10).map((t) => lineDerivatives(steep, 0, t, 1)[2])),
  }
}

export const widening: Claim<Parameters, Measurement> = {
  id: 'widening',
  paper: 'deep-relaxation',
  title: 'Minima widen and maxima sharpen: the curvature at a critical point follows 1/(1/λ₀ + t), and with viscosity its own law',
  statement: String.raw`\lambda(t)=u_{xx}(x^*(t),t):\quad \lambda=\frac{1}{1/\lambda_0+t}\ \ (\beta=\infty),\qquad \lambda'=-\lambda^2+\frac1{2\beta}\Big(u_{xxxx}-\frac{u_{xxx}^2}{\lambda}\Big)\ \ (\beta<\infty)`,
  hypotheses: String.raw`$x^*(t)$ a smooth family of critical points with $\lambda\neq0$. Inviscid: $x^*$ does not move, $\nabla^2u_0=H(I+tH)^{-1}$ there; a maximum sharpens until $t=1/|\lambda_0|$, then $u_0$ has a kink. Viscous: $u_{xxx}^2/\lambda$ is the motion $x^{*\prime}=-u_{xxx}/(2\beta\lambda)$ and vanishes by symmetry only; there is no pointwise widening (a steepening well narrows at first). The heat flow ($h_t=\frac1{2\beta}\Delta h$, $s=t/\beta$) flattens both in the double well $(x^2-1)^2/4$ and deletes its wells at $s=1/3$: not a general law.`,
  source: 'Chaudhari, Oberman, Osher, Soatto, Carlier (2018), Deep Relaxation, on widening of minima; the law by differentiating u_t = −½u_x² + u_xx/2β twice along the critical point',
  parameters: {
    quick: { shares: [0.1, 0.3, 0.5, 0.7, 0.9, 1], digitsTimes: [0.5, 4], panels: 12, flow: 'inviscid', motion: true },
    full: { shares: evenly(0.05, 1, 40), digitsTimes: [0.1, 0.5, 1, 4, 16], panels: 48, flow: 'inviscid', motion: true },
  },
  seed: 0,
  experiment,
  checks: [
    {
      name: 'inviscid law on the line',
      observe: ({ inviscid }) => largest(inviscid.map(({ off }) => off)),
      relation: 'at most',
      bound: () => 1,
      reason: 'u_xx by difference quotients of (x − prox)/t against 1/(1/λ₀ + t); in units of what the fourth-order quotient may be off: its change from twice the step, and round-off',
    },
    {
      name: 'inviscid law for Hessians, H(I + tH)⁻¹',
      observe: ({ matrices }) => Math.max(matrices.saddle, matrices.digits),
      relation: 'at most',
      bound: () => 1,
      reason: 'a saddle in the plane (t below 1/|λ|), and softmax regression on the digits at its trained weights, on a plane through them; in the same units',
    },
    {
      name: 'kink from t = 1/|λ₀| on',
      observe: ({ kink }) => kink.off,
      relation: 'at most',
      bound: () => 1,
      reason: 'the jump of ∇u₀ at the maximum of the double well, 0 before t = 1 and −2√(1 − 1/t)/t after; in units of what |u_xx| ≤ 16 bends the slope over the distance to the kink',
    },
    {
      name: 'viscous law at moving critical points',
      observe: ({ viscous }) => largest(viscous.map(({ off }) => off)),
      relation: 'at most',
      bound: () => 64,
      reason: 'λ(t) − λ(t₀) against the time integral of the law, all derivatives from cumulants of the local Gibbs measure: tens of roundings, in units of eps/t₀, as λ is a difference of terms 1/t',
    },
    {
      name: 'a minimum rises at the rate λ/2β',
      observe: ({ viscous }) => largest(viscous.map(({ rise }) => rise)),
      relation: 'at most',
      bound: () => 64,
      reason: 'the value at the critical point against the time integral of λ/2β, which lifts sharp minima faster than wide ones; round-off of sums over hundreds of nodes, in units of eps·(|u| + 1/β)',
    },
    {
      name: 'heat flow in the double well',
      observe: ({ heat }) => heat.off,
      relation: 'at most',
      bound: () => 64,
      reason: 'curvatures 2 − 6s and −1 + 3s; round-off of a sum over 37 nodes, in units of eps',
    },
    {
      name: 'the wells vanish at s = 1/3',
      observe: ({ heat }) => Math.abs(heat.vanishing - 1 / 3) / Number.EPSILON + Math.abs(heat.before - 3) + Math.abs(heat.after - 1),
      relation: 'at most',
      bound: () => 64,
      reason: 'h_xx(0) changes sign at s = 1/3 to round-off (units of eps), and three critical points are left at s = 0.33, one at s = 0.34',
    },
    {
      name: 'no pointwise widening with viscosity: x²/2 + x⁴',
      observe: ({ narrowing }) => narrowing,
      relation: 'at least',
      bound: () => 1,
      reason: 'the minimum, of curvature 1, narrows at first: λ′ = −1 + 24/2β = 11 at β = 1, t = 0',
    },
  ],
  control: {
    broken: String.raw`critical points of the heat flow ($\beta=4$) are held to the inviscid law; and the viscous law is taken without $-u_{xxx}^2/\lambda$, as if the critical point of an asymmetric well did not move`,
    change: (parameters) => ({ ...parameters, flow: 'heat', motion: false }),
    mustFail: ['inviscid law on the line', 'viscous law at moving critical points'],
  },
  figure: ({ inviscid, viscous, heat }) => {
    const [minimum, maximum] = inviscid
    return {
      title: 'Widening of minima',
      caption: 'Curvature at critical points. Left: double well (x² − 1)²/4 under the inviscid equation; dots measured, lines 1/(1/λ₀ + t). '
        + 'Middle: minima of the viscous solution that move; dots measured, lines the law. Right: the double well under the heat flow; its wells vanish at s = 1/3.',
      panels: [
        {
          title: 'Inviscid',
          x: { label: 't' },
          y: { label: 'curvature λ' },
          marks: [minimum, maximum].flatMap(({ t, curvature, initial }, k) => {
            const fine = evenly(0, t[t.length - 1], 101)
            return [
              { kind: 'line' as const, x: fine, y: fine.map((time) => 1 / (1 / initial + time)), label: k === 0 ? 'minimum' : 'maximum', color: k },
              { kind: 'points' as const, x: t, y: curvature, color: k },
            ]
          }),
        },
        {
          title: 'Viscous, moving minima',
          x: { label: 't' },
          y: { label: 'curvature λ' },
          marks: [viscous[0], viscous[2]].flatMap(({ t, curvature, law, still }, k) => [
            { kind: 'line' as const, x: t, y: law, label: k === 0 ? 'tilted well, β = 8' : 'eˣ − x, β = 2', color: k },
            { kind: 'line' as const, x: t, y: still, label: k === 0 ? 'without its motion' : undefined, color: k, dashed: true },
            { kind: 'points' as const, x: t, y: curvature, color: k },
          ]),
        },
        {
          title: 'Heat flow',
          x: { label: 's = t/β' },
          y: { label: 'curvature' },
          marks: [
            { kind: 'line', x: [0, 1 / 3], y: [2, 0], label: '2 − 6s', color: 0 },
            { kind: 'points', x: heat.s, y: heat.minimum, color: 0 },
            { kind: 'line', x: [0, 1 / 3], y: [-1, 0], label: '−1 + 3s', color: 1 },
            { kind: 'points', x: heat.s, y: heat.maximum, color: 1 },
            { kind: 'rule', axis: 'x', at: 1 / 3, dashed: true, color: 6 },
          ],
        },
      ],
      columns: 3,
    }
  },
}
