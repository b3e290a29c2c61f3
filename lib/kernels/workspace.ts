import { available, lease, ordinaryTake } from './machine.ts'
import type { Take } from './machine.ts'
import { alone } from './team.ts'
import type { Team } from './team.ts'

/** Where a computation keeps its arrays, and who sweeps over them. */
export interface Workspace {
  /** An array of zeros. Kernels may read, but not use, up to `margin` numbers behind its end. */
  numbers(length: number): Float64Array
  /** Missing where the arrays are out of the kernels' reach: then their twins in TypeScript sweep. */
  readonly team?: Team
  /** Arrays of any kind of numbers, not cleared, that only their owner's kernels work on. */
  readonly take: Take
  /** Whether an array is one of this workspace's: kernels reach no others. */
  holds(values: Float64Array): boolean
}

export const margin = 8

export const ordinary: Workspace = {
  numbers: (length) => new Float64Array(length), holds: () => true,
  take: ordinaryTake,
}

/**
 * A workspace in the kernels' memory, until it is released: its arrays must not be looked at any more then. An ordinary one where threads cannot share memory
 * (a page that is not cross-origin isolated).
 */
export function leasedWorkspace(team: Team = alone): { workspace: Workspace; release(): void } {
  if (!available) return { workspace: ordinary, release: () => {} }
  const { take, release } = lease()
  const held = new Set<Float64Array>()
  const numbers = (length: number): Float64Array => {
    const values = take(Float64Array, length + margin).fill(0).subarray(0, length)
    held.add(values)
    return values
  }
  return { workspace: { numbers, team, take, holds: (values) => held.has(values) }, release }
}
