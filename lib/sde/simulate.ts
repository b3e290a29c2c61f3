import { Cancelled } from '../core/errors.ts'
import { executorFor } from '../execution/default-executor.ts'
import type { PieceState } from '../execution/executor.ts'
import { observer } from './digest.ts'
import type { Digest } from './digest.ts'
import { ensembleOf } from './ensemble.ts'
import type { Ensemble } from './ensemble.ts'
import { startOfPiece } from './path-arguments.ts'
import type { Ended, Gathered, SimulationState } from './resume.ts'
import { planOf } from './simulation-plan.ts'
import type { SimulateOptions } from './simulation-plan.ts'
import { simulationTask } from './simulation.ts'
import type { PathResult, PathState } from './simulation.ts'
import type { StochasticEquation } from './system.ts'

/**
 * An ensemble of independent paths. Path i of a seed is driven by the same Wiener process whatever the number of paths, the block size and the executor: an ensemble begins
 * with every smaller one, and all arrays are the same bit for bit. Halving dt refines the steps on the same process. Steps end at the multiples of dt and at the saved
 * times. A path that leaves the finite numbers, or is after a step farther out than 10^10 times its start (or 1), has diverged: it is counted, its row is NaN from then on, and no average
 * includes it. Explicit steps on steep drifts explode within a few steps, and a path on its way there is still finite at a saved time and counts: where `diverged` is not 0, averages that such
 * paths carry need a smaller dt, 'tamed-euler' or 'drift-implicit-euler'.
 * @throws ArgumentError on a bad option, a method that does not take the equation's noise (naming those that do), or an equation that cannot be sent to the executor; Cancelled with a state (plain data with typed arrays) that
 * `resume` continues
 */
export async function simulate(equation: StochasticEquation, given: SimulateOptions): Promise<Ensemble> {
  const { identity, saveAt, pieces, initial, statistics, state } = planOf(equation, given)
  const { dim, stops, paths, keep, antithetic } = identity
  const functions = given.observe ?? {}
  const observe = observer({ dim, stops: stops.length, pairs: antithetic, functions, statistics })
  const gathered: Gathered = state === undefined ? { before: 0, total: observe.empty() } : structuredClone(state.gathered)
  // A state may be resumed again: its records stay as they are.
  const ended = new Map(state?.ended.map(([first, piece]) => [first, { ...piece }]))
  const begun = new Map(state?.begun)
  const pending = pieces.filter(({ first }) => first >= gathered.before && !ended.has(first)).map((piece) => {
    const from = begun.get(piece.first)
    return { ...piece, initial: startOfPiece(initial, dim, piece.first, piece.count), ...(from && { from }) }
  })
  try {
    await executorFor(given.executor, paths * dim * (pieces[0]?.stops.at(-1) ?? 0), pending).run('simulate', simulationTask, pending, {
      ...(given.signal && { signal: given.signal }),
      ...(given.onProgress && { onProgress: given.onProgress }),
      onResult(points: PathResult, index: number) {
        const { first, count } = pending[index]
        begun.delete(first)
        ended.set(first, { count, digest: observe.digest(points, count), ...(keep === 'final' && { points }) })
        gather(gathered, ended, observe.merge)
      },
    })
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error
    for (const { index, state: left } of (error as Cancelled<PieceState[]>).state) begun.set(pending[index].first, left as PathState)
    throw new Cancelled(error.message, { identity, gathered, ended: [...ended], begun: [...begun] } satisfies SimulationState)
  }
  return ensembleOf({
    paths, dim, antithetic, stops, functions, statistics,
    times: saveAt,
    total: gathered.total,
    points: keep === 'final' ? stops.map((_, s) => rowsOf(ended, s, paths, dim)) : undefined,
  })
}

/** Merges digests in the order of their paths, as soon as all before them are there; a piece without points to keep is then forgotten. */
function gather(gathered: Gathered, ended: Map<number, Ended>, merge: (total: Digest, next: Digest) => void): void {
  for (let next = ended.get(gathered.before); next?.digest !== undefined; next = ended.get(gathered.before)) {
    merge(gathered.total, next.digest)
    if (next.points === undefined) ended.delete(gathered.before)
    else delete next.digest
    gathered.before += next.count
  }
}

/** Row-major points of all paths at a stop; a path that is not finite is NaN throughout. */
function rowsOf(ended: ReadonlyMap<number, Ended>, stop: number, paths: number, dim: number): Float64Array {
  const rows = new Float64Array(paths * dim)
  for (const [first, { count, points }] of ended) {
    const part = points![stop]
    for (let i = 0; i < count; i++) {
      const row = (first + i) * dim
      let finite = true
      for (let k = 0; k < dim; k++) {
        rows[row + k] = part[k * count + i]
        finite &&= Number.isFinite(rows[row + k])
      }
      if (!finite) rows.fill(NaN, row, row + dim)
    }
  }
  return rows
}
