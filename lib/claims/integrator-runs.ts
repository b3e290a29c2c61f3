import { chooseMethod, ordersOn } from '../sde/choose.ts'
import { systemOf } from '../sde/families.ts'
import type { Method } from '../sde/method.ts'
import { methods } from '../sde/methods/index.ts'
import type { System } from '../sde/system.ts'
import type { Context } from './claim.ts'
import { controlsOf, errorsOf, momentsOf, orderOf, strongError, weakError } from './integrator-errors.ts'
import type { GroupErrors, ObservedOrder, Solution } from './integrator-errors.ts'
import type { IntegratorProblem, ItoOrStratonovich, ProblemClass } from './integrator-problems.ts'
import { marchToOne, pathPyramid } from './path-pyramid.ts'
import type { PathPyramid } from './path-pyramid.ts'

/** How finely and with how many paths orders are looked at. */
export interface Ladder {
  /** Steps on [0, 1], powers of two. */
  steps: number[]
  /** Those of solutions that are not known in closed form. */
  finest: number
  /** Groups of paths, and paths of each. */
  groups: number
  size: number
}

export interface Pair extends ObservedOrder {
  method: string
  noise: ProblemClass
  /** On the underdamped equation. */
  kinetic: boolean
  kind: 'strong' | 'weak'
  declared: number
}

/** A method on a problem. */
interface Entrant {
  method: Method
  system: System
  calculus: ItoOrStratonovich
  /** Step length by step length, group by group. */
  errors: GroupErrors[][]
}

/** The version of a method that marches; nothing to leave it out. */
export type Version = (method: Method) => Method | undefined

/** Orders on one problem of all the methods that take it, on the same paths. */
export async function ordersOnProblem(problem: IntegratorProblem, kind: Pair['kind'], { steps, finest, groups, size }: Ladder, version: Version, seed: number, context: Context): Promise<Pair[]> {
  const entrants = entrantsOf(problem, steps.length, version)
  if (entrants.length === 0) return []
  const calculi = [...new Set(entrants.map(({ calculus }) => calculus))]
  const dim = problem.initial.length
  const closed = typeof problem.solution === 'function'
  for (let g = 0; g < groups; g++) {
    await context.step({ fraction: 0, activity: `${kind} orders, ${problem.noise} noise` })
    // The finest steps have no halves.
    const pyramid = pathPyramid({ seed, first: g * size, count: size, noiseDim: problem.noiseDim, finest: closed ? 2 * Math.max(...steps) : finest })
    const solutions = new Map(calculi.map((calculus) => [calculus, solutionOf(problem, kind, calculus, pyramid)]))
    for (const [s, n] of steps.entries()) {
      const level = Math.log2(n)
      const controls = kind === 'weak' ? controlsOf(pyramid.levels[level], problem.noiseDim) : []
      for (const { method, system, calculus, errors } of entrants) {
        errors[s].push(errorsOf(marchToOne(system, method, problem.initial, pyramid, level), solutions.get(calculus)!, dim, controls, g % 2 === 1))
      }
    }
  }
  return entrants.map(({ method, system, errors }) => ({
    method: method.name, noise: problem.noise, kinetic: problem.kinetic, kind, declared: ordersOn(method, system)[kind === 'strong' ? 'strongOrder' : 'weakOrder'],
    ...orderOf(steps, errors, kind === 'strong' ? strongError : weakError),
  }))
}

function entrantsOf({ equation, kinetic }: IntegratorProblem, levels: number, version: Version): Entrant[] {
  return methods.flatMap((original): Entrant[] => {
    const calculus = original.calculus === 'stratonovich' ? 'stratonovich' : 'ito'
    const system = systemOf('integrator-orders', equation(calculus))
    const method = version(original)
    if (method === undefined || !takes(system, original) || kinetic !== (original.requires === 'an underdamped Langevin equation')) return []
    return [{ method, system, calculus, errors: Array.from({ length: levels }, () => []) }]
  })
}

function takes(system: System, { name }: Method): boolean {
  try {
    return chooseMethod('integrator-orders', system, name).name === name
  } catch {
    return false
  }
}

/** Known in closed form, or of a method with the finest steps, its moments extrapolated from twice the step. */
function solutionOf({ solution, equation, noiseDim, initial }: IntegratorProblem, kind: Pair['kind'], calculus: ItoOrStratonovich, pyramid: PathPyramid): Solution {
  const { count, end, levels } = pyramid
  const dim = initial.length
  if (typeof solution === 'function') {
    const points = new Float64Array(dim * count)
    for (let i = 0; i < count; i++) {
      const w = Array.from({ length: noiseDim }, (_, j) => end[j * count + i])
      solution(w, calculus).forEach((value, k) => (points[k * count + i] = value))
    }
    return kind === 'strong' ? { points } : { points, moments: momentsOf(points, dim) }
  }
  const system = systemOf('integrator-orders', equation(calculus))
  const points = marchToOne(system, solution, initial, pyramid, levels.length - 1)
  if (kind === 'strong') return { points }
  const coarse = momentsOf(marchToOne(system, solution, initial, pyramid, levels.length - 2), dim)
  const share = 1 / (2 ** ordersOn(solution, system).weakOrder - 1)
  return { points, moments: momentsOf(points, dim).map((values, m) => values.map((value, i) => value + share * (value - coarse[m][i]))) }
}
