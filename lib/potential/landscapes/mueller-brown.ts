import { options } from '../../core/arguments.ts'
import { exp } from '../../core/elementary.ts'
import type { Potential } from '../potential.ts'
import { pointwise } from '../pointwise.ts'

/** Amplitude, the three curvatures and the centre of each Gaussian. */
const terms = [
  { height: -200, a: -1, b: 0, c: -10, x: 1, y: 0 },
  { height: -100, a: -1, b: 0, c: -10, x: 0, y: 0.5 },
  { height: -170, a: -6.5, b: 11, c: -6.5, x: -0.5, y: 1.5 },
  { height: 15, a: 0.7, b: 0.6, c: 0.7, x: -1, y: 1 },
]

/**
 * The surface of Müller and Brown (Theor. Chim. Acta 53, 1979) in 2-D: Σ_i A_i exp(a_i ξ² + b_i ξη + c_i η²), three minima, the lowest −146.6995 near (−0.558, 1.442).
 * @throws ArgumentError on any option
 */
export function muellerBrown(given: object = {}): Potential {
  options('muellerBrown', given, [])
  const sum = (point: Float64Array, of: (height: number, first: number, second: number, term: (typeof terms)[0]) => number): number =>
    terms.reduce((total, term) => {
      const [x, y] = [point[0] - term.x, point[1] - term.y]
      const height = term.height * exp(term.a * x * x + term.b * x * y + term.c * y * y)
      return total + of(height, 2 * term.a * x + term.b * y, term.b * x + 2 * term.c * y, term)
    }, 0)
  return pointwise({
    dim: 2,
    name: 'mueller-brown',
    value: (x) => sum(x, (height) => height),
    gradient(x, out) {
      out[0] = sum(x, (height, first) => height * first)
      out[1] = sum(x, (height, _first, second) => height * second)
    },
    hessian(x, out) {
      out[0] = sum(x, (height, first, _second, { a }) => height * (first * first + 2 * a))
      out[1] = sum(x, (height, first, second, { b }) => height * (first * second + b))
      out[2] = out[1]
      out[3] = sum(x, (height, _first, second, { c }) => height * (second * second + 2 * c))
    },
  })
}
