import { options } from '../../core/arguments.ts'
import { algebra } from '../expression/algebra.ts'
import { graphPotential } from '../expression/graph-potential.ts'
import type { Potential } from '../potential.ts'

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
  const { graph, x, add, subtract, multiply, exp } = algebra()
  const bells = terms.map(({ height, a, b, c, x: x0, y: y0 }) => {
    const [u, v] = [subtract(x(0), x0), subtract(x(1), y0)]
    const bell = multiply(height, exp(add(multiply(a, u, u), multiply(b, u, v), multiply(c, v, v))))
    return { bell, first: add(multiply(2 * a, u), multiply(b, v)), second: add(multiply(b, u), multiply(2 * c, v)) }
  })
  return graphPotential({
    dim: 2,
    name: 'mueller-brown',
    graph,
    value: add(...bells.map(({ bell }) => bell)),
    gradient: () => [add(...bells.map(({ bell, first }) => multiply(bell, first))), add(...bells.map(({ bell, second }) => multiply(bell, second)))],
  })
}
