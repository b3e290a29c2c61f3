/** A function of a point x and a time t that writes its numbers to `out`. */
type PointFunction = (x: Float64Array, t: number, out: Float64Array) => void

/** A gradient: of a point alone. It may return `out`. */
type GradientFunction = (x: Float64Array, out: Float64Array) => unknown

/** The same for many points, component-major. */
type PointsFunction = (x: ArrayLike<number>, count: number, t: number, out: Float64Array) => void

/** Numbers of a point and its result that are held in variables. */
const mostUnrolled = 8

const each = (count: number, line: (k: number) => string): string => Array.from({ length: count }, (_, k) => line(k)).join('\n')

/*
 * Engines compile what a loop calls into the loop as long as it always calls the same function, and closures of one source text share what is known of their calls: hence
 * a text of its own for each function. What the function leaves out must not pass for a number. In few dimensions the coordinates are variables, and the numbers go through ordinary arrays,
 * which engines read and write several times as fast as shared memory; a call that comes while another is going on takes arrays of its own.
 */
const textOf = (dim: number, rows: number, call: string): string => (dim + rows > mostUnrolled ? wideText(call) : `
  let spare
  return (x, count, t, out) => {
    const { point, result, from, to } = spare !== undefined && spare.from.length === dim * count ? spare
      : { point: new Float64Array(dim), result: new Float64Array(rows), from: new Float64Array(dim * count), to: new Float64Array(rows * count) }
    spare = undefined
    from.set(x)
    for (let i = 0; i < count; i++) {
      ${each(dim, (k) => `const x${k} = from[${k} * count + i]; point[${k}] = x${k}`)}
      ${each(rows, (k) => `result[${k}] = NaN`)}
      const finite = ${Array.from({ length: dim }, (_, k) => `x${k} - x${k} === 0`).join(' && ')}
      ${call}
      ${each(rows, (k) => `to[${k} * count + i] = result[${k}]`)}
    }
    out.set(to)
    spare = { point, result, from, to }
  }
`)

const wideText = (call: string): string => `
  return (x, count, t, out) => {
    const point = new Float64Array(dim)
    const result = new Float64Array(rows)
    for (let i = 0; i < count; i++) {
      let finite = true
      for (let k = 0; k < dim; k++) {
        const c = x[k * count + i]
        point[k] = c
        finite = finite && c - c === 0
      }
      for (let k = 0; k < rows; k++) result[k] = NaN
      ${call}
      for (let k = 0; k < rows; k++) out[k * count + i] = result[k]
    }
  }
`

/** Calls f, which writes `rows` numbers, point by point; NaN where the point is not finite: there it is not asked. */
export function pointLoop(f: PointFunction, dim: number, rows: number): PointsFunction {
  return fromText('f', 'dim', 'rows', textOf(dim, rows, 'if (finite) f(point, t, result)'))?.(f, dim, rows) ?? sharedLoop(f, dim, rows)
}

/** Calls a gradient with `self` for its this at every point; `check` sees what it returns, other than nothing, and where it was to write. */
export function gradientLoop(f: GradientFunction, self: unknown, dim: number, check: (returned: unknown, out: Float64Array) => void): PointsFunction {
  const call = 'const returned = f.call(self, point, result); if (returned !== undefined) check(returned, result)'
  const loop = fromText('f', 'self', 'dim', 'rows', 'check', textOf(dim, dim, call))?.(f, self, dim, dim, check)
  if (loop !== undefined) return loop
  return (x, count, _t, out) => eachPoint(x, count, out, dim, dim, (point, _finite, result) => {
    const returned = f.call(self, point, result)
    if (returned !== undefined) check(returned, result)
  })
}

/** undefined where a page forbids code from text. */
function fromText(...text: string[]): ((...values: unknown[]) => PointsFunction) | undefined {
  try {
    return new Function(...text) as (...values: unknown[]) => PointsFunction
  } catch (error) {
    if (error instanceof EvalError) return undefined
    throw error
  }
}

export function sharedLoop(f: PointFunction, dim: number, rows: number): PointsFunction {
  return (x, count, t, out) => eachPoint(x, count, out, dim, rows, (point, finite, result) => {
    if (finite) f(point, t, result)
  })
}

function eachPoint(
  x: ArrayLike<number>, count: number, out: Float64Array, dim: number, rows: number, visit: (point: Float64Array, finite: boolean, result: Float64Array) => void,
): void {
  const point = new Float64Array(dim)
  const result = new Float64Array(rows)
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < dim; k++) point[k] = x[k * count + i]
    visit(point, point.every(Number.isFinite), result.fill(NaN))
    for (let k = 0; k < rows; k++) out[k * count + i] = result[k]
  }
}
