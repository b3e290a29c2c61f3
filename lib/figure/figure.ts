/**
 * A figure as plain data: what to draw, not how. The renderers make SVG and PNG of it and refuse what they cannot show.
 *
 * Gaps: NaN in the `y` of a line, in `low` and `high` of a band or in the values of a heat map is a missing value. The line breaks
 * there, the map turns grey, and a note under the panel counts what is missing. Every other number must be finite.
 */
export interface Figure {
  title: string
  /** One sentence under the title. */
  caption?: string
  panels: Panel[]
  /** Panels in a row; default 2 (one panel fills the row). */
  columns?: number
}

export interface Panel {
  title?: string
  x: FigureAxis
  y: FigureAxis
  marks: Mark[]
}

export interface FigureAxis {
  /** Quantity and unit; dimensionless quantities name none. */
  label: string
  type?: 'linear' | 'log'
  domain?: [number, number]
}

interface Styled {
  /** Drawn beside the mark. */
  label?: string
  /** Index in the colour-blind safe palette; by default the mark's place among the labelled marks of its panel. */
  color?: number
  dashed?: boolean
}

export type Mark =
  | ({ kind: 'line'; x: number[]; y: number[]; width?: number } & Styled)
  | ({ kind: 'points'; x: number[]; y: number[]; /** Half-lengths of error bars. */ errors?: number[] } & Styled)
  | ({ kind: 'band'; x: number[]; low: number[]; high: number[] } & Styled)
  /** A horizontal (axis 'y') or vertical (axis 'x') line through the panel. */
  | ({ kind: 'rule'; axis: 'x' | 'y'; at: number } & Styled)
  | { kind: 'text'; x: number; y: number; text: string }
  /**
   * Values on a uniform grid, C order with axis 0 along x, drawn as colours with a scale beside the panel, linear between the nodes.
   * `x` and `y` are the coordinates of the first and the last node. `range`: the values at the ends of the scale, to share it between
   * panels; values beyond it take the colours of its ends.
   */
  | {
      kind: 'heat'
      x: [number, number]
      y: [number, number]
      shape: [number, number]
      values: number[]
      label: string
      diverging?: boolean
      range?: [number, number]
    }
  /** Level lines of the same kind of data. */
  | ({ kind: 'contours'; x: [number, number]; y: [number, number]; shape: [number, number]; values: number[]; levels?: number } & Styled)
