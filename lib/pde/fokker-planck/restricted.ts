import { ArgumentError } from '../../core/errors.ts'
import { assemble, eliminating } from '../../kernels/elimination.ts'
import type { Assembly, Elimination } from '../../kernels/elimination.ts'
import { restrict } from '../../kernels/jumps.ts'
import type { Jumps } from '../../kernels/jumps.ts'
import type { Chain } from './chain.ts'

/** Numbers that factors may hold: 2 GB. */
const most = 2 ** 28

/** The chain on a part of its nodes, from which it is lost to all others. */
export interface Restricted {
  /** Grid nodes of the part, in order. */
  readonly nodes: Int32Array
  readonly jumps: Jumps
  readonly elimination: Elimination
}

/** Factors of −Q on the nodes that `kept` marks. Yields the share of the work done. */
export function* eliminateOn(where: string, { grid, jumps, dissection }: Chain, kept: Uint8Array): Generator<number, Restricted> {
  const { jumps: own, nodes } = restrict(jumps, kept)
  const assembly = checkSize(where, grid.shape, assemble(own, dissection, grid.size, nodes))
  return { nodes, jumps: own, elimination: yield* eliminating(assembly, own) }
}

export function checkSize(where: string, shape: readonly number[], assembly: Assembly): Assembly {
  if (assembly.entries > most) {
    throw new ArgumentError(`${where}: equation must be one on a grid small enough to be solved for at once (2 GB), got ${shape.join(' × ')} nodes, which need ${(assembly.entries / 2 ** 27).toFixed(0)} GB`)
  }
  return assembly
}
