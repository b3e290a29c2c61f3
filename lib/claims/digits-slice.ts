import { field } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { grid } from '../grid/grid.ts'
import type { Axis } from '../grid/grid.ts'
import { datasets } from '../network/datasets.ts'
import { softmaxRegression } from '../network/softmax-regression.ts'
import type { SoftmaxRegression } from '../network/softmax-regression.ts'
import { sliceDirections, train } from '../network/training.ts'
import type { Potential } from '../potential/potential.ts'
import { largest } from './measure.ts'

/**
 * Real input of the ledger: the loss of softmax regression on the 1797 hand-written digits (650 parameters), trained to its minimiser, on the plane through
 * the trained weights (the origin) along the line from the training's start and the direction of largest curvature orthogonal to it.
 */
export interface DigitsSlice {
  loss: SoftmaxRegression
  potential: Potential
  /** The plane is looked at on |s_k| ≤ half. */
  half: number
  dim: number
  accuracy: number
  value: number
}

let kept: DigitsSlice | undefined

/** Trains once a process: about a second. */
export function digitsSlice(): DigitsSlice {
  kept ??= build()
  return kept
}

const fields = new Map<number, Field>()

/** The loss on a square grid of `size`² nodes over the window, evaluated once a process. */
export function digitsField(size: number): Field {
  const { potential } = digitsSlice()
  const axis: Axis = { min: -half, max: half, size }
  const kept = fields.get(size) ?? field(grid([axis, axis]), potential)
  fields.set(size, kept)
  return kept
}

const half = 12

function build(): DigitsSlice {
  const loss = softmaxRegression(datasets.digits())
  const { point, accuracy, value } = train(loss)
  const potential = loss.slice(point, sliceDirections(loss, point))
  return { loss, potential, half, dim: loss.dim, accuracy, value }
}

/** Suprema of the second derivative along directions given in steps of nodes, and of the Laplacian. */
export interface Suprema {
  directions: { nodes: number[]; supremum: number }[]
  laplacian: number
}

let keptSuprema: Suprema | undefined

/**
 * Largest second derivatives on a grid over the window, raised by the most that they change between neighbouring nodes: an upper estimate of the suprema,
 * since the curvature of softmax regression peaks near the minimiser and decays far from it.
 */
export function digitsSuprema(): Suprema {
  keptSuprema ??= suprema(digitsSlice().potential)
  return keptSuprema
}

function suprema(potential: Potential): Suprema {
  const size = 33
  const at = (i: number): number => -half + (2 * half * i) / (size - 1)
  const hessians = Array.from({ length: size * size }, (_, i) => potential.hessian([at(Math.floor(i / size)), at(i % size)]))
  const raised = (of: (hessian: Float64Array) => number): number => {
    const values = hessians.map(of)
    const change = largest(values.map((value, i) => (i % size > 0 ? value - values[i - 1] : 0)).concat(values.slice(size).map((value, i) => value - values[i])))
    return Math.max(...values) + change
  }
  return {
    directions: [
      { nodes: [1, 0], supremum: raised((hessian) => hessian[0]) },
      { nodes: [0, 1], supremum: raised((hessian) => hessian[3]) },
      { nodes: [1, 1], supremum: raised((hessian) => (hessian[0] + 2 * hessian[1] + hessian[3]) / 2) },
    ],
    laplacian: raised((hessian) => hessian[0] + hessian[3]),
  }
}
