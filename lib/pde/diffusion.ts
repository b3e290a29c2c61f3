import { extend, holdsEnds } from '../grid/boundary.ts'
import { endsAreNodes } from '../grid/grid.ts'
import type { Axis, Grid } from '../grid/grid.ts'
import { symmetricConvolution } from '../kernels/convolution.ts'
import type { Convolution } from '../kernels/convolution.ts'
import { latticeHeatKernel } from '../kernels/heat-kernel.ts'
import type { LatticeLaplacian } from '../kernels/heat-kernel.ts'
import { ordinary } from '../kernels/workspace.ts'
import type { Workspace } from '../kernels/workspace.ts'
import { ghostRules } from './ghosts.ts'
import { lineKernels, putRules } from './line-kernels.ts'
import type { LineKernels } from './line-kernels.ts'
import { lineSweep } from './line-sweep.ts'
import type { LineSweep } from './line-sweep.ts'

/** out = e^{time·viscosity·L} u, or an approximation of it; `out` may be `u`. */
export type Propagator = (u: Float64Array, time: number, out: Float64Array) => void

/** Times whose kernels are kept: a step asks for few. */
const kept = 8

/**
 * The flow of u_t = viscosity·Δu, exact in time for the discrete Laplacian L: along each axis a convolution with the lattice heat kernel of the
 * line continued by its boundary (periodic; even; odd about the Dirichlet value; 'extrapolate' is odd about the end node's own value, whose
 * second difference vanishes). The axes commute. Constants, and affine data on extrapolated axes, stay to round-off; with the three-point
 * Laplacian the result lies between the least and the largest value.
 */
export function diffusion(grid: Grid, viscosity: number, laplacian: LatticeLaplacian, workspace: Workspace = ordinary): Propagator {
  if (viscosity === 0) return (u, _time, out) => { if (out !== u) out.set(u) }
  const passes = grid.axes.map((axis, k) => axisDiffusion(grid, axis, k, viscosity, laplacian, workspace))
  return (u, time, out) => {
    let source = u
    for (const pass of passes) {
      pass(source, time, out)
      source = out
    }
  }
}

function axisDiffusion(grid: Grid, axis: Required<Axis>, k: number, viscosity: number, laplacian: LatticeLaplacian, workspace: Workspace): Propagator {
  const n = axis.size
  const h = grid.spacing[k]
  const period = reflectionPeriod(axis)
  const sweep: LineSweep = lineSweep(grid, k)
  const ghosted = new Float64Array(2 * period + n)
  const inner = lineKernels(grid, k, workspace)
  const kernels = new Map<number, { convolution: Convolution; ghosted: Float64Array; rules: number[] }>()
  const kernelAt = (time: number) => {
    let found = kernels.get(time)
    if (found === undefined) {
      if (kernels.size === kept) kernels.clear()
      const convolution = symmetricConvolution(latticeHeatKernel(laplacian, (viscosity * time) / (h * h), Math.max(period, 1)), n)
      found = { convolution, ghosted: ghosted.subarray(0, n + 2 * convolution.ghosts), rules: inner === undefined ? [] : ghostRules(axis, convolution.ghosts, 'continued') }
      kernels.set(time, found)
    }
    return found
  }
  const fill = continuation(axis)
  return (u, time, out) => {
    const { convolution, ghosted, rules } = kernelAt(time)
    if (inner !== undefined && convolution.weights !== undefined) return convolveLines(inner, convolution.weights, rules, u, out)
    sweep(u, out, (line, result) => {
      fill(line, convolution.ghosts, ghosted)
      convolution.apply(ghosted, result)
    })
  }
}

/** The same by kernels. */
function convolveLines(kernels: LineKernels, weights: Float64Array, rules: readonly number[], u: Float64Array, out: Float64Array): void {
  const reach = weights.length - 1
  const from = kernels.within(u).byteOffset
  kernels.onto(out, ({ byteOffset }) => kernels.team.each('convolveLines', kernels.groups, [
    from, byteOffset, ...kernels.shape, kernels.put('weights', weights), reach, ...putRules(kernels, rules), ...kernels.buffers(reach, 1),
  ]))
}

/** Continues a line as diffusion along an axis sees it, by ghosts on each side. */
export function continuation(axis: Required<Axis>): (line: Float64Array, ghosts: number, out: Float64Array) => void {
  return holdsEnds(axis) ? continueOddly : (line, ghosts, out) => extend(axis, line, ghosts, out)
}

/** Nodes after which the continued line repeats (up to the drift of an odd continuation, which a symmetric kernel does not see). */
function reflectionPeriod(axis: Required<Axis>): number {
  if (axis.boundary === 'periodic') return axis.size
  return holdsEnds(axis) || endsAreNodes(axis) ? 2 * axis.size - 2 : 2 * axis.size
}

/** u_{−k} = 2u_0 − u_k and the like at the other end, again and again on lines shorter than their ghosts. */
function continueOddly(line: Float64Array, ghosts: number, out: Float64Array): void {
  const n = line.length
  if (n === 1) {
    out.fill(line[0], 0, 2 * ghosts + 1)
    return
  }
  out.set(line, ghosts)
  for (let k = 1; k <= ghosts; k++) {
    out[ghosts - k] = 2 * line[0] - out[ghosts + k]
    out[ghosts + n - 1 + k] = 2 * line[n - 1] - out[ghosts + n - 1 - k]
  }
}
