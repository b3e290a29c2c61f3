import type { Figure } from '../figure/figure.ts'
import type { Run } from '../optimization/minimize.ts'
import type { DrawOptions } from './draw-options.ts'

export function isRun(value: unknown): value is Run {
  const given = value as Partial<Run> | null
  return given !== null && typeof given === 'object' && Array.isArray(given.history) && given.point !== undefined
}

/** The loss over the gradients that it took, logarithmic where it is positive and falls by more than a factor of ten. */
export function drawRun({ history, optimizer }: Run, { title, value = 'loss' }: DrawOptions): Figure {
  const losses = history.map((entry) => entry.value)
  const [least, most] = [Math.min(...losses), Math.max(...losses)]
  const x = history.map(({ gradientEvaluations }) => gradientEvaluations)
  return {
    title: title ?? `${value} of ${optimizer}`,
    caption: `${history.at(-1)!.iteration} iterations, least recorded ${value} ${Number(least.toPrecision(6))}.`,
    panels: [{
      x: { label: 'gradient evaluations' },
      y: { label: value, ...(least > 0 && most > 10 * least && { type: 'log' as const }) },
      marks: [{ kind: 'line', x, y: losses }, ...(x.length <= 60 ? [{ kind: 'points' as const, x, y: losses, color: 0 }] : [])],
    }],
  }
}
