import { Cancelled } from '../core/errors.ts'
import type { Running } from '../execution/progress.ts'
import { defineTask } from '../execution/task.ts'
import { simulationTask } from './simulation.ts'
import type { PathPiece, PathState } from './simulation.ts'

/** The same neighbouring paths with different steps, each march with one stop. */
export interface LevelPiece {
  marches: PathPiece[]
  from?: LevelState
}

/** Points of the marches that have ended, and where the next one stands if it had begun. */
export interface LevelState {
  ended: Float64Array[]
  begun: PathState | undefined
}

/** The points of each march at its end, component-major. */
export const levelTask = defineTask('mlmc', async ({ marches, from }: LevelPiece, control: Running): Promise<Float64Array[]> => {
  const points = from?.ended.slice() ?? []
  for (let m = points.length; m < marches.length; m++) {
    const begun = m === from?.ended.length ? from.begun : undefined
    const onProgress: Running['onProgress'] = (progress) => control.onProgress?.({ ...progress, fraction: (m + progress.fraction) / marches.length })
    try {
      const [end] = await simulationTask.run(begun ? { ...marches[m], from: begun } : marches[m], { ...control, onProgress })
      points.push(end)
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error
      throw new Cancelled('mlmc: cancelled', { ended: points, begun: error.state as PathState } satisfies LevelState)
    }
  }
  return points
})
