import type { OptimalControl } from '../pde/control/optimal-control.ts'
import { simulate } from '../sde/simulate.ts'
import type { Context } from './claim.ts'
import { evenly, largest, within } from './measure.ts'
import { linearValue, quadratic, riccatiCosts, riccatiValue, solved, wells } from './stochastic-control-problems.ts'
import type { Problem, Riccati } from './stochastic-control-problems.ts'
import { beyondExcess, beyondLogMean, beyondNone, beyondTilt, beyondValue, meanOf } from './stochastic-control-quantities.ts'
import type { Quantity } from './stochastic-control-quantities.ts'
import { followed, sampled, sideBySide, startOf } from './stochastic-control-runs.ts'
import type { Costs, Followed } from './stochastic-control-runs.ts'

export interface Parameters {
  riccati: Riccati[]
  /** Nodes of the ladder of grids on which quadratics are solved. */
  ladder: number[]
  betas: { line: number[]; plane: number[] }
  /** Nodes an axis, odd. */
  size: { line: number; plane: number }
  paths: number
  steps: number
  gamma: number
  /** What is followed as the optimal control: −∇u, or ∇u. */
  control: 'downhill' | 'uphill'
}

/** A mean over paths with all that it may be off by. */
export interface Measured {
  estimate: number
  standardError: number
  /** Half of what doubling dt changes. */
  step: number
  /** What doubling h changes. */
  grid: number
}

export interface Case {
  name: string
  /** V(x(T)) and ½∫|α|² under each control. */
  costs: Record<Followed, { terminal: Measured; running: Measured }>
  value: number
  /** V(x(T)) + ½∫|α|² − ½∫|α + ∇u|² − u, of each control. */
  identity: Record<Followed, Measured>
  /** V(x(T)) + ½∫|α|² less V(x(T)) without a control. */
  improvement: Record<'optimal' | 'entropy-sgd', Measured>
  logMean: Measured
  tilt: Measured
  /** The whole cost under −2∇u less u, without ½∫|α + ∇u|². */
  twice: Measured
  /** In closed form, by multiple of −∇u. */
  exact?: Partial<Record<Followed, { terminal: number; running: number }>>
}

export interface Measurement {
  ladders: { name: string; spacing: number[]; value: number[]; control: number[] }[]
  cases: Case[]
  /** Value by the linear equation: largest distance on a window, and half of what doubling h changes in both. */
  linear: { name: string; distance: number; change: number }[]
  picture: Picture
}

export interface Picture {
  x: number[]
  value: number[]
  terminal: number[]
  times: number[]
  /** α*(x, t), C order with time first. */
  control: number[]
  paths: { none: number[][]; optimal: number[][] }
}

/** A ladder of grids against the closed form, at nodes in |x| ≤ 1.5 and at times between the saved ones. */
async function ladderOf(riccati: Riccati, sizes: number[]): Promise<Measurement['ladders'][number]> {
  const problem = quadratic(riccati)
  const errors = await Promise.all(sizes.map(async (size) => {
    const { value, control } = await solved(problem, size, size - 1)
    const times = evenly(0, 0.97 * riccati.time, 8)
    return times.map((t) => {
      const u = value(t)
      const { curvature, offset } = riccatiValue(riccati, riccati.time - t)
      const x = u.grid.coordinates(0)
      const alpha = control(t)[0].values.data
      const inside = within(u.grid, 1.5)
      return {
        value: largest(inside.map((i) => u.values.data[i] - (curvature * x[i] ** 2) / 2 - offset)),
        control: largest(inside.map((i) => alpha[i] + curvature * x[i])),
      }
    })
  }))
  return {
    name: problem.name, spacing: sizes.map((size) => (2 * problem.half) / (size - 1)),
    value: errors.map((list) => largest(list.map((one) => one.value))), control: errors.map((list) => largest(list.map((one) => one.control))),
  }
}

interface Runs { fine: Costs; longSteps: Costs; coarse: Costs }

function measured({ fine, longSteps, coarse }: Runs, quantity: Quantity): Measured {
  const [a, b, c] = [fine, longSteps, coarse].map((costs) => meanOf(quantity, costs))
  return { ...a, step: Math.abs(a.estimate - b.estimate) / 2, grid: Math.abs(b.estimate - c.estimate) }
}

const eachControl = <T>(of: (name: Followed) => T) => Object.fromEntries(followed.map((name) => [name, of(name)])) as Record<Followed, T>

/** Runs with the control of the fine grid at dt and 2 dt, and with that of a grid of twice the spacing at 2 dt, on the same noise. */
async function caseOf(problem: Problem, solutions: Solutions, parameters: Parameters, { seed, signal }: Context): Promise<Case> {
  const { paths, steps, gamma, control } = parameters
  const { beta } = problem
  const sample = (solution: OptimalControl, count: number) =>
    sampled(problem, solution, { paths, steps: count, seed, gamma, sign: control === 'uphill' ? -1 : 1 }, signal)
  const fine = await sample(solutions.fine, steps)
  const longSteps = await sample(solutions.fine, steps / 2)
  const runs = { fine, longSteps, coarse: await sample(solutions.coarse, steps / 2) }
  return {
    name: problem.name,
    value: fine.value,
    costs: eachControl((name) => ({ terminal: measured(runs, partOf('terminal', name)), running: measured(runs, partOf('running', name)) })),
    identity: eachControl((name) => measured(runs, name === 'optimal' ? beyondValue(name) : beyondExcess(name))),
    improvement: { 'optimal': measured(runs, beyondNone('optimal')), 'entropy-sgd': measured(runs, beyondNone('entropy-sgd')) },
    logMean: measured(runs, beyondLogMean(beta)),
    tilt: measured(runs, beyondTilt(beta)),
    twice: measured(runs, beyondValue('twice')),
  }
}

const partOf = (part: 'terminal' | 'running', name: Followed): Quantity => ({ of: (costs) => costs[part][name], along: [name] })

interface Solutions { fine: OptimalControl; coarse: OptimalControl }

async function solutionsOf(problem: Problem, size: number): Promise<Solutions> {
  return { fine: await solved(problem, size), coarse: await solved(problem, (size + 1) / 2) }
}

async function linearOf(problem: Problem, { fine, coarse }: Solutions, size: number): Promise<Measurement['linear'][number]> {
  const window = problem.half / 1.8
  const [near, far] = [await linearValue(problem, size, window), await linearValue(problem, (size + 1) / 2, window)]
  const [value, coarser] = [fine.value(0), coarse.value(0)]
  const key = (x: number[]): string => x.map((c) => c.toFixed(9)).join(' ')
  const known = new Map(near.map(({ x, u }) => [key(x), u]))
  return {
    name: problem.name,
    distance: largest(near.map(({ x, u }) => u - value.at(...x))),
    change: (largest(far.map(({ x, u }) => u - known.get(key(x))!)) + largest(far.map(({ x }) => coarser.at(...x) - value.at(...x)))) / 2,
  }
}

/** Some paths with and without control, and the fields, of a problem on the line. */
async function pictureOf(problem: Problem, { fine }: Solutions, { gamma }: Parameters, seed: number): Promise<Picture> {
  const { time, terminal } = problem
  const [count, reach, shown] = [97, 1.7, 5]
  const times = evenly(0, time, count)
  const x = evenly(-reach, reach, 103)
  const equation = sideBySide(problem, fine, { gamma, sign: 1 })
  const ensemble = await simulate(equation, { initial: startOf(problem), dt: time / (count - 1), time, paths: shown, seed, method: 'heun', saveAt: times })
  const pathsOf = (name: Followed) => Array.from({ length: shown }, (_, i) => times.map((t) => ensemble.at(t).get(i, 3 * followed.indexOf(name))))
  const value = fine.value(0)
  const alpha = new Float64Array(1)
  return {
    x, times,
    value: x.map((place) => value.at(place)),
    terminal: x.map((place) => terminal.value([place])),
    control: times.flatMap((t) => x.map((place) => {
      fine.policy([place], t, alpha)
      return alpha[0]
    })),
    paths: { none: pathsOf('none'), optimal: pathsOf('optimal') },
  }
}

export async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  const { riccati, ladder, betas, size } = parameters
  const problems = [
    ...riccati.map((one) => ({ problem: quadratic(one), nodes: size.line, riccati: one })),
    ...betas.line.map((beta) => ({ problem: wells.line(beta), nodes: size.line, riccati: undefined })),
    ...betas.plane.map((beta) => ({ problem: wells.plane(beta), nodes: size.plane, riccati: undefined })),
  ]
  const ladders = await Promise.all(riccati.map((one) => ladderOf(one, ladder)))
  const [cases, linear]: [Case[], Measurement['linear']] = [[], []]
  let picture: Picture | undefined
  for (const [k, { problem, nodes, riccati: exact }] of problems.entries()) {
    await context.step({ fraction: k / problems.length, activity: `controlling ${problem.name}` })
    const solutions = await solutionsOf(problem, nodes)
    const multiples = { 'none': 0, 'optimal': 1, 'twice': 2, 'reversed': -1 }
    const known = exact && Object.fromEntries(Object.entries(multiples).map(([name, multiple]) => [name, riccatiCosts(exact, multiple)]))
    cases.push({ ...await caseOf(problem, solutions, parameters, context), ...(known && { exact: known }) })
    linear.push(await linearOf(problem, solutions, nodes))
    if (exact === undefined) picture ??= await pictureOf(problem, solutions, parameters, context.seed)
  }
  return { ladders, cases, linear, picture: picture! }
}
