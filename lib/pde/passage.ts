import { callable } from '../core/arguments.ts'
import { ArgumentError } from '../core/errors.ts'
import { fieldOf, nodeAt } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import type { Grid } from '../grid/grid.ts'
import { expectations } from '../kernels/elimination.ts'
import { reaching } from '../kernels/jumps.ts'
import { chainOf } from './fokker-planck/chain.ts'
import type { Chain } from './fokker-planck/chain.ts'
import { checkEquation } from './fokker-planck/equation.ts'
import type { FokkerPlanck } from './fokker-planck/equation.ts'
import { heldMarks } from './fokker-planck/neighbours.ts'
import { eliminateOn } from './fokker-planck/restricted.ts'
import { checkWatched, watch } from './fokker-planck/watched.ts'
import type { Watched } from './fokker-planck/watched.ts'

/** A set of points. */
export type Region = (...x: number[]) => boolean

/**
 * The expected time τ(x) until dx = b dt + √(2D/β) dW from each node first meets the nodes of `target`, or an absorbing end: b·∇τ + D:∇²τ/β = −1 and τ = 0
 * there. By an elimination without subtractions: times of any length are accurate relative to themselves. Second order in the spacings where the
 * target ends on nodes, of which its rim is made. +∞ on nodes from which the target may be missed for ever.
 * @throws ArgumentError on another equation, or a target without nodes and no absorbing ends either; Cancelled
 */
export async function meanFirstPassageTime(equation: FokkerPlanck, given: Watched & { target: Region }): Promise<Field> {
  const where = 'meanFirstPassageTime'
  checkEquation(where, equation)
  checkWatched(where, given, ['target'])
  const { grid } = equation
  const target = regionMarks(where, 'target', grid, given.target)
  const chain = chainOf(equation)
  if (!target.includes(1) && !chain.jumps.loss.some((rate) => rate > 0)) {
    throw new ArgumentError(`${where}: target must be a region with a node of the grid in it, got one without`)
  }
  const held = heldMarks(grid)
  const done = target.map((mark, i) => mark | held[i])
  const sure = surely(chain, done)
  const times = new Float64Array(grid.size)
  for (let i = 0; i < times.length; i++) if (done[i] === 0 && sure[i] === 0) times[i] = Infinity
  if (sure.includes(1)) {
    const { nodes, elimination } = await watch(where, given)('eliminating nodes', 0, 1, eliminateOn(where, chain, sure))
    const found = expectations(elimination, new Float64Array(nodes.length).fill(1))
    nodes.forEach((i, a) => (times[i] = found[a]))
  }
  return fieldOf(grid, times)
}

/**
 * The probability of meeting the nodes of `to` before those of `from`: 1 and 0 there, b·∇q + D:∇²q/β = 0 between. Mass lost at absorbing ends meets neither,
 * nor do nodes that reach neither: 0. Accurate relative to itself; second order in the spacings where the regions end on nodes.
 * @throws ArgumentError on another equation, or regions that meet or hold no node; Cancelled
 */
export async function committor(equation: FokkerPlanck, given: Watched & { from: Region; to: Region }): Promise<Field> {
  const where = 'committor'
  checkEquation(where, equation)
  checkWatched(where, given, ['from', 'to'])
  const { grid } = equation
  const [from, to] = [regionMarks(where, 'from', grid, given.from), regionMarks(where, 'to', grid, given.to)]
  for (const [name, marks] of [['from', from], ['to', to]] as const) {
    if (!marks.includes(1)) throw new ArgumentError(`${where}: ${name} must be a region with a node of the grid in it, got one without`)
  }
  const both = from.findIndex((mark, i) => mark === 1 && to[i] === 1)
  if (both >= 0) throw new ArgumentError(`${where}: to must be a region apart from \`from\`, got (${nodeAt(grid, both).join(', ')}) in both`)
  const chain = chainOf(equation)
  const { jumps } = chain
  const held = heldMarks(grid)
  const done = from.map((mark, i) => mark | to[i] | held[i])
  // Nodes that can leave: to a region or through an end.
  const open = reaching(jumps, done.map((mark, i) => (mark === 1 || jumps.loss[i] > 0 ? 1 : 0)))
  const between = open.map((mark, i) => (mark === 1 && done[i] === 0 ? 1 : 0))
  const chances = Float64Array.from(to, (mark) => mark)
  if (between.includes(1)) {
    const { nodes, elimination } = await watch(where, given)('eliminating nodes', 0, 1, eliminateOn(where, chain, between))
    const direct = new Float64Array(nodes.length)
    nodes.forEach((i, a) => {
      for (let e = jumps.starts[i]; e < jumps.starts[i + 1]; e++) if (to[jumps.to[e]] === 1) direct[a] += jumps.rates[e]
    })
    const found = expectations(elimination, direct)
    nodes.forEach((i, a) => (chances[i] = Math.min(found[a], 1)))
  }
  return fieldOf(grid, chances)
}

function regionMarks(where: string, name: string, grid: Grid, region: Region): Uint8Array {
  callable(where, name, region)
  return Uint8Array.from({ length: grid.size }, (_, i) => (region(...nodeAt(grid, i)) ? 1 : 0))
}

/** Nodes outside `done` from which it, or an end that absorbs, is met with certainty. */
function surely({ jumps }: Chain, done: Uint8Array): Uint8Array {
  const out = done.map((mark, i) => (mark === 1 || jumps.loss[i] > 0 ? 1 : 0))
  const able = reaching(jumps, out)
  // What leads to a node that cannot, other than by way of those that are done.
  const cut = { ...jumps, rates: jumps.rates.slice() }
  for (let i = 0; i < jumps.size; i++) if (done[i] === 1) cut.rates.fill(0, jumps.starts[i], jumps.starts[i + 1])
  const risky = reaching(cut, able.map((mark) => (mark === 1 ? 0 : 1)))
  return done.map((mark, i) => (mark === 0 && able[i] === 1 && risky[i] === 0 ? 1 : 0))
}
