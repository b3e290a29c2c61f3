import { finite, refuse } from '../core/arguments.ts'
import type { Axis, Grid } from './grid.ts'

/**
 * Multilinear interpolation of `data` (C order) at x; beyond the nodes: periodic wrap, even reflection about the domain's ends,
 * linear continuation, or the Dirichlet constant. Weights of zero are skipped, so a wall beside a node does not spread to it.
 */
export function interpolate(grid: Grid, data: Float64Array, x: readonly number[]): number {
  if (x.length !== grid.dim) refuse('at', 'x', `${grid.dim} coordinate${grid.dim === 1 ? '' : 's'}`, x)
  let corners = [{ index: 0, weight: 1 }]
  for (let k = 0; k < grid.dim; k++) {
    const axis = grid.axes[k]
    const place = locate(axis, grid.spacing[k], finite('at', `x[${k}]`, x[k]))
    if (place === 'outside') return (axis.boundary as { dirichlet: number }).dirichlet
    corners = corners.flatMap(({ index, weight }) => [
      { index: index * axis.size + place.node, weight: weight * (1 - place.share) },
      { index: index * axis.size + place.next, weight: weight * place.share },
    ])
  }
  return corners.reduce((sum, { index, weight }) => (weight === 0 ? sum : sum + weight * data[index]), 0)
}

function locate(axis: Required<Axis>, h: number, x: number): { node: number; next: number; share: number } | 'outside' {
  const { min, max, size, boundary } = axis
  const first = axis.nodes === 'centers' ? min + h / 2 : min
  let s = (x - first) / h
  if (boundary === 'periodic') {
    s -= size * Math.floor(s / size)
    const node = Math.min(Math.floor(s), size - 1)
    return { node, next: (node + 1) % size, share: s - node }
  }
  if (typeof boundary === 'object' && (x < min || x > max)) return 'outside'
  if (boundary === 'neumann') {
    const length = (max - min) / h
    const offset = (x - min) / h - 2 * length * Math.floor((x - min) / (2 * length * h))
    s = (offset > length ? 2 * length - offset : offset) - (first - min) / h
  }
  const last = size - 1
  if (size === 1) return { node: 0, next: 0, share: 0 }
  // Between the last center and the wall an even field is flat to first order and a Dirichlet one is held at its last node.
  if (boundary !== 'extrapolate') s = Math.min(Math.max(s, 0), last)
  const node = Math.min(Math.max(Math.floor(s), 0), last - 1)
  return { node, next: node + 1, share: s - node }
}
