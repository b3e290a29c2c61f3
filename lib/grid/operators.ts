import { oneOf } from '../core/arguments.ts'
import { extend } from './boundary.ts'
import { fieldOf, flat } from './field.ts'
import type { Field } from './field.ts'
import type { Grid } from './grid.ts'

/** ∫ field dx by the grid's weights: second order, spectrally accurate for smooth periodic fields. */
export function integrate(field: Field): number {
  const data = flat('integrate', 'field', field)
  return dot(data, field.grid.weights().data)
}

/** ‖field‖ in L¹ (∫|u|), L² (√∫u²) or the maximum norm over the nodes. */
export function norm(field: Field, kind: 'l1' | 'l2' | 'max'): number {
  oneOf('norm', 'kind', kind, ['l1', 'l2', 'max'])
  const data = flat('norm', 'field', field)
  if (kind === 'max') return data.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const weights = field.grid.weights().data
  return kind === 'l1' ? dot(data.map(Math.abs), weights) : Math.sqrt(dot(data.map((value) => value * value), weights))
}

/** ∇u, one field an axis: central differences, second order; one-sided second order at the ends of an extrapolated axis. */
export function gradient(field: Field): Field[] {
  const data = flat('gradient', 'field', field)
  const { grid } = field
  return grid.axes.map((axis, k) => fieldOf(grid, alongAxis(grid, data, k, (line, out) => {
    const h = grid.spacing[k]
    const n = line.length
    const ghosted = new Float64Array(n + 2)
    extend(axis, line, 1, ghosted)
    for (let i = 0; i < n; i++) out[i] = (ghosted[i + 2] - ghosted[i]) / (2 * h)
    if (axis.boundary === 'extrapolate' && n > 2) {
      out[0] = (-3 * line[0] + 4 * line[1] - line[2]) / (2 * h)
      out[n - 1] = (3 * line[n - 1] - 4 * line[n - 2] + line[n - 3]) / (2 * h)
    }
  })))
}

/** Δu: sum of second differences, second order in the interior; an extrapolated axis has none at its ends. */
export function laplacian(field: Field): Field {
  const data = flat('laplacian', 'field', field)
  const { grid } = field
  const sum = new Float64Array(grid.size)
  for (let k = 0; k < grid.dim; k++) {
    const part = secondDifference(grid, data, k)
    for (let i = 0; i < sum.length; i++) sum[i] += part[i]
  }
  return fieldOf(grid, sum)
}

/** (u_{i+1} − 2u_i + u_{i−1})/h² along one axis, C order. */
export function secondDifference(grid: Grid, data: Float64Array, axis: number): Float64Array {
  const h = grid.spacing[axis]
  return alongAxis(grid, data, axis, (line, out) => {
    const ghosted = new Float64Array(line.length + 2)
    extend(grid.axes[axis], line, 1, ghosted)
    for (let i = 0; i < line.length; i++) out[i] = (ghosted[i + 2] - 2 * ghosted[i + 1] + ghosted[i]) / (h * h)
  })
}

/** Applies `work` to every line of C-ordered `data` along an axis; `work` reads `line` and fills `out`. */
export function alongAxis(
  grid: Grid, data: Float64Array, axis: number, work: (line: Float64Array, out: Float64Array, lineIndex: number) => void,
): Float64Array {
  const n = grid.shape[axis]
  const stride = grid.shape.slice(axis + 1).reduce((product, m) => product * m, 1)
  const result = new Float64Array(data.length)
  const line = new Float64Array(n)
  const out = new Float64Array(n)
  for (let lineIndex = 0; lineIndex < data.length / n; lineIndex++) {
    const start = Math.floor(lineIndex / stride) * stride * n + (lineIndex % stride)
    for (let i = 0; i < n; i++) line[i] = data[start + i * stride]
    work(line, out, lineIndex)
    for (let i = 0; i < n; i++) result[start + i * stride] = out[i]
  }
  return result
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  let lost = 0
  for (let i = 0; i < a.length; i++) {
    const term = a[i] * b[i] - lost
    const next = sum + term
    lost = next - sum - term
    sum = next
  }
  return sum
}
