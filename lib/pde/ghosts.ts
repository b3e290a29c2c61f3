import { ghostKinds as kinds } from '../kernels/ghosts.ts'
import { holdsEnds, mirrored, reflectionPeriod } from '../grid/boundary.ts'
import { endsAreNodes } from '../grid/grid.ts'
import type { Axis } from '../grid/grid.ts'

/**
 * The ghosts of a line as rules of five numbers each, to be followed in order: a kind, the place written, the place read, the place of the end (or of its neighbour), a number.
 * Places count from the first ghost. As `extend`, or as `continuation`: odd about end nodes that the flow of heat holds.
 */
export function ghostRules(axis: Required<Axis>, ghosts: number, ends: 'extended' | 'continued'): number[] {
  const rules: number[] = []
  for (let k = 1; k <= ghosts; k++) {
    for (const side of [-1, 1] as const) rules.push(...rule(axis, ghosts, k, side, ends))
  }
  return rules
}

function rule(axis: Required<Axis>, ghosts: number, k: number, side: -1 | 1, ends: 'extended' | 'continued'): number[] {
  const { size: n, boundary } = axis
  const end = side < 0 ? ghosts : ghosts + n - 1
  const write = end + side * k
  if (boundary === 'periodic') return [kinds.copy, write, ghosts + (side < 0 ? (n - (k % n)) % n : (k - 1) % n), end, 0]
  if (n === 1 && boundary === 'extrapolate') return [kinds.copy, write, end, end, 0]
  if (ends === 'continued' && holdsEnds(axis)) return [kinds.turn, write, end - side * k, end, 0]
  if (boundary === 'extrapolate') return [kinds.line, write, end, end - side, k]
  const onNode = endsAreNodes(axis)
  const place = onNode ? k : k - 1
  const inside = mirrored(place, n, onNode)
  const read = end - side * inside
  const turned = boundary !== 'neumann' && inside === place % reflectionPeriod(n, onNode)
  return turned ? [kinds.turnAbout, write, read, end, boundary.dirichlet] : [kinds.copy, write, read, end, 0]
}
