import { availableParallelism } from 'node:os'
import type { Executor } from '../execution/executor.ts'
import { available } from '../kernels/machine.ts'
import { alone, team } from '../kernels/team.ts'
import type { Team } from '../kernels/team.ts'

/** Nodes from which a sweep takes longer than it takes threads to meet: about 100 against 5 microseconds. */
const worthSharing = 2 ** 16

/** Who sweeps over the grid of a march: as many threads as the executor has, or as the machine runs side by side. The numbers do not depend on it. */
export function marchTeam(executor: Executor | undefined, nodes: number): Promise<Team> {
  return available && nodes >= worthSharing ? team(executor?.workers ?? availableParallelism()) : Promise.resolve(alone)
}
