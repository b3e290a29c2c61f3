/** A function of a point x and a time t that writes its numbers to `out`. */
type PointFunction = (x: Float64Array, t: number, out: Float64Array) => void

/** The same for many points, component-major. */
type PointsFunction = (x: Float64Array, count: number, t: number, out: Float64Array) => void

/*
 * Engines compile what a loop calls into the loop as long as it always calls the same function, and closures of one source text share what is known of their calls: hence
 * a text of its own for each function. A point that is not finite is not asked about, and what the function leaves out must not pass for a number.
 */
const text = `
  const point = new Float64Array(dim)
  const result = new Float64Array(rows)
  return (x, count, t, out) => {
    for (let i = 0; i < count; i++) {
      let finite = true
      for (let k = 0; k < dim; k++) {
        const c = x[k * count + i]
        point[k] = c
        finite = finite && c - c === 0
      }
      for (let k = 0; k < rows; k++) result[k] = NaN
      if (finite) f(point, t, result)
      for (let k = 0; k < rows; k++) out[k * count + i] = result[k]
    }
  }
`

/** Calls f, which writes `rows` numbers, point by point; NaN where the point is not finite. */
export function pointLoop(f: PointFunction, dim: number, rows: number): PointsFunction {
  try {
    return (new Function('f', 'dim', 'rows', text) as typeof pointLoop)(f, dim, rows)
  } catch (error) {
    // A page may forbid code from text.
    if (error instanceof EvalError) return sharedLoop(f, dim, rows)
    throw error
  }
}

export function sharedLoop(f: PointFunction, dim: number, rows: number): PointsFunction {
  const point = new Float64Array(dim)
  const result = new Float64Array(rows)
  return (x, count, t, out) => {
    for (let i = 0; i < count; i++) {
      let finite = true
      for (let k = 0; k < dim; k++) {
        point[k] = x[k * count + i]
        finite &&= Number.isFinite(point[k])
      }
      for (let k = 0; k < rows; k++) result[k] = NaN
      if (finite) f(point, t, result)
      for (let k = 0; k < rows; k++) out[k * count + i] = result[k]
    }
  }
}
