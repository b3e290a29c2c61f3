import type { Figure, Panel } from '../figure/figure.ts'
import { numberText } from '../figure/text.ts'
import { grid } from '../grid/grid.ts'
import type { Axis } from '../grid/grid.ts'
import type { Ensemble } from '../sde/ensemble.ts'
import type { DrawOptions } from './draw-options.ts'

/** Coordinates beyond these are left out of the picture. */
const mostCoordinates = 3
const mostBins = 60

export function isEnsemble(value: unknown): value is Ensemble {
  const given = value as Partial<Ensemble> | null
  return given !== null && typeof given === 'object' && typeof given.histogram === 'function' && typeof given.paths === 'number'
}

/**
 * Histograms of each coordinate (the first three) at the end with a band of two standard errors, and of the first two together as colours. The axes
 * leave out the outermost thousandth of the paths on either side.
 */
export function drawEnsemble(ensemble: Ensemble, { title, axes }: DrawOptions): Figure {
  const { paths, dim, diverged } = ensemble
  const names = axes ?? (dim <= 3 ? ['x', 'y', 'z'].slice(0, dim) : Array.from({ length: dim }, (_, k) => `x${k + 1}`))
  const points = ensemble.final.data
  const shown = Math.min(dim, mostCoordinates)
  const bins = Array.from({ length: shown }, (_, k) => axisOf(Array.from({ length: paths }, (_, i) => points[i * dim + k]).filter(Number.isFinite)))
  const panels = bins.map((axis, k) => marginal(points, dim, k, axis, names[k]))
  if (dim > 1) panels.unshift(joint(points, dim, [bins[0], bins[1]], names))
  const rest = dim > shown ? `; ${shown} of ${dim} coordinates` : ''
  const caption = `${paths} paths at the end${diverged > 0 ? `, ${diverged} diverged and left out` : ''}${rest}. Bands: two standard errors.`
  return { title: title ?? `Density of ${names.slice(0, shown).join(', ')}`, caption, panels, columns: Math.min(3, panels.length) }
}

/** Bins over all but the outermost thousandths, twice as many as the cube root of twice the number of values (Terrell & Scott 1985). */
function axisOf(values: number[]): Axis {
  const sorted = Float64Array.from(values).sort()
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]
  const [low, high] = [at(0.001), at(0.999)]
  const margin = high > low ? 0.02 * (high - low) : Math.max(1e-6, 1e-6 * Math.abs(low))
  const size = Math.max(3, Math.min(mostBins, Math.round(2 * Math.cbrt(2 * sorted.length))))
  return { min: low - margin, max: high + margin, size, nodes: 'centers' }
}

function marginal(points: Float64Array, dim: number, k: number, axis: Axis, name: string): Panel {
  const line = grid(axis)
  const counts = new Float64Array(line.size)
  let total = 0
  for (let i = k; i < points.length; i += dim) {
    if (!Number.isFinite(points[i])) continue
    total++
    const bin = Math.floor((points[i] - axis.min) / line.spacing[0])
    if (bin >= 0 && bin < line.size) counts[bin]++
  }
  const x = Array.from(line.coordinates(0))
  const density = (count: number): number => count / (total * line.spacing[0])
  const y = Array.from(counts, density)
  const error = Array.from(counts, (count) => 2 * density(Math.sqrt(count * (1 - count / total))))
  return {
    title: `density of ${name}`,
    x: { label: name },
    y: { label: 'density' },
    marks: [
      { kind: 'band', x, low: y.map((value, i) => Math.max(0, value - error[i])), high: y.map((value, i) => value + error[i]) },
      { kind: 'line', x, y },
    ],
  }
}

function joint(points: Float64Array, dim: number, axes: [Axis, Axis], names: readonly string[]): Panel {
  const coarse = axes.map((axis) => ({ ...axis, size: Math.max(3, Math.ceil(axis.size / 2)) }))
  const plane = grid(coarse)
  const [width, height] = plane.spacing
  const counts = new Float64Array(plane.size)
  let total = 0
  for (let i = 0; i < points.length; i += dim) {
    if (!Number.isFinite(points[i])) continue
    total++
    const [a, b] = [Math.floor((points[i] - axes[0].min) / width), Math.floor((points[i + 1] - axes[1].min) / height)]
    if (a >= 0 && a < coarse[0].size && b >= 0 && b < coarse[1].size) counts[a * coarse[1].size + b]++
  }
  const ends = (axis: number): [number, number] => [plane.coordinates(axis)[0], plane.coordinates(axis).at(-1)!]
  const values = Array.from(counts, (count) => count / (total * width * height))
  return {
    title: `density of ${names[0]}, ${names[1]}, cells ${numberText(width, 2)} × ${numberText(height, 2)}`,
    x: { label: names[0] },
    y: { label: names[1] },
    marks: [{ kind: 'heat', x: ends(0), y: ends(1), shape: [coarse[0].size, coarse[1].size], values, label: 'density' }],
  }
}
