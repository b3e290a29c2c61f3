/*
 * Stages of the Runge–Kutta–Legendre method of order 2 for u_t = −Σ_k (½a_k p_k² − b_k p_k) + viscosity Δu by central differences of order 4: the twins of
 * assembly/central.ts. p = (8(u_{i+1} − u_{i−1}) − (u_{i+2} − u_{i−2}))/12h, u_xx = (16(u_{i+1} + u_{i−1}) − (u_{i+2} + u_{i−2}) − 30u_i)/12h².
 */

/** Numbers of an axis in the table: see assembly/central.ts. */
export const tableWidth = 5

/** Rows of a field within an array with ghosts. Lengths and distances in numbers, strides from the last axis on. */
export interface StageRows {
  n: number
  /** Where each row begins. */
  places: readonly number[]
  strides: readonly number[]
  /** b, component-major, if there is a drift. */
  drift: Float64Array | undefined
}

/** Factors by which a stage reads the last one: those of its neighbours in `table`, an axis after the other from the last on, and that of the node itself. Returned. */
export function fillTable(
  table: Float64Array, spacing: readonly number[], scales: readonly number[], viscosity: number, tilted: boolean, step: number,
): number {
  let center = 0
  for (let k = spacing.length - 1, t = 0; k >= 0; k--, t += tableWidth) {
    const h = spacing[k]
    const root = tilted ? 1 : Math.sqrt(0.5 * scales[k] * step)
    const spread = (step * viscosity) / (12 * h * h)
    table.set([(8 * root) / (12 * h), root / (12 * h), 16 * spread, -spread, 0.5 * scales[k]], t)
    center -= 30 * spread
  }
  return center
}

/** first = rate(last), next = last + step·first; the table is for a step of 1. */
export function centralFirst(
  rows: StageRows, table: Float64Array, last: Float64Array, first: Float64Array, next: Float64Array, step: number, center: number,
): void {
  for (const [row, place] of rows.places.entries()) {
    for (let i = 0; i < rows.n; i++) {
      const at = place + i
      const rate = moved(rows, table, last, at, row * rows.n + i, 1, center)
      first[at] = rate
      next[at] = last[at] + step * rate
    }
  }
}

/** next, in the place of the stage before the last, = nu·next + origin·start + back·first + center·last + step·rate(last) but for its share of the node itself. */
export function centralLater(
  rows: StageRows, table: Float64Array, last: Float64Array, first: Float64Array, next: Float64Array, step: number, center: number,
  start: Float64Array, nu: number, origin: number, back: number,
): void {
  for (const [row, place] of rows.places.entries()) {
    for (let i = 0; i < rows.n; i++) {
      const at = place + i
      const node = row * rows.n + i
      next[at] = nu * next[at] + origin * start[node] + back * first[at] + moved(rows, table, last, at, node, step, center)
    }
  }
}

/** Row by row 1 + dim numbers: the largest |∂H/∂p|², and the largest |∂H/∂p_k| of each axis from the last on. */
export function centralSpeeds({ n, places, strides, drift }: StageRows, table: Float64Array, copy: Float64Array, out: Float64Array): void {
  const dim = strides.length
  out.fill(0)
  for (const [row, place] of places.entries()) {
    const found = row * (1 + dim)
    for (let i = 0; i < n; i++) {
      const at = place + i
      let square = 0
      for (let j = 0; j < dim; j++) {
        const s = strides[j]
        const t = j * tableWidth
        let v = table[t] * (copy[at + s] - copy[at - s]) - table[t + 1] * (copy[at + 2 * s] - copy[at - 2 * s])
        if (drift !== undefined) v -= drift[((dim - 1 - j) * drift.length) / dim + row * n + i]
        square += v * v
        out[found + 1 + j] = Math.max(out[found + 1 + j], Math.abs(v))
      }
      out[found] = Math.max(out[found], square)
    }
  }
}

/** The table of `centralSpeeds`: slopes times a. */
export function fillSpeedTable(table: Float64Array, spacing: readonly number[], scales: readonly number[]): void {
  for (let k = spacing.length - 1, t = 0; k >= 0; k--, t += tableWidth) table.set([(8 * scales[k]) / (12 * spacing[k]), scales[k] / (12 * spacing[k])], t)
}

function moved({ strides, drift }: StageRows, table: Float64Array, u: Float64Array, at: number, node: number, step: number, center: number): number {
  const dim = strides.length
  let sum = 0
  let spread = center * u[at]
  for (let j = dim - 1; j >= 0; j--) {
    const s = strides[j]
    const t = j * tableWidth
    const p = table[t] * (u[at + s] - u[at - s]) - table[t + 1] * (u[at + 2 * s] - u[at - 2 * s])
    sum += p * (drift === undefined ? p : table[t + 4] * p - drift[((dim - 1 - j) * drift.length) / dim + node])
    spread += table[t + 2] * (u[at - s] + u[at + s]) + table[t + 3] * (u[at - 2 * s] + u[at + 2 * s])
  }
  return spread - (drift === undefined ? sum : step * sum)
}
