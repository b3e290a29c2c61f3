import { finite, integer, nonNegative, options } from '../../core/arguments.ts'
import { exp } from '../../core/elementary.ts'
import { fillUniforms } from '../../kernels/philox.ts'
import { algebra } from '../expression/algebra.ts'
import { graphPotential } from '../expression/graph-potential.ts'
import type { Potential } from '../potential.ts'
import { pointwise } from '../pointwise.ts'

export interface RippledBowlOptions {
  /** Of the sine, default 1.5. */
  amplitude?: number
  /** Of the random part, default 0 (none); the paper's figure has 5. */
  roughness?: number
  /** Of the random part, default 42. */
  seed?: number
}

const turn = 2 * Math.PI
/** The paper's figure: 500 nodes on [−3, 3], noise smoothed by a Gaussian density of standard deviation 0.03. */
const nodes = 500
const spacing = 6 / (nodes - 1)
const width = 0.03

/**
 * The 1-D landscape of the figures of Deep Relaxation: x² + amplitude·sin 2πx + roughness·∫(U − ½)N(x − y; 0, 0.03²)dy, U independent uniforms on the
 * figure's 500 nodes (a sum over them), a smooth function of x with exact derivatives.
 * @throws ArgumentError
 */
export function rippledBowl(given: RippledBowlOptions = {}): Potential {
  options('rippledBowl', given, ['amplitude', 'roughness', 'seed'])
  const amplitude = finite('rippledBowl', 'amplitude', given.amplitude ?? 1.5)
  const roughness = nonNegative('rippledBowl', 'roughness', given.roughness ?? 0)
  const seed = integer('rippledBowl', 'seed', given.seed ?? 42, 0)
  const noise = fillUniforms(seed, [0, 0, 0], new Float64Array(nodes)).map((u) => roughness * (u - 0.5))
  /** Σ_j noise_j h N(x − y_j) times a polynomial of (x − y_j)/width, over the nodes within nine standard deviations. */
  const rough = (x: number, polynomial: (z: number) => number): number => {
    const middle = (x + 3) / spacing
    const reach = (9 * width) / spacing
    let sum = 0
    for (let j = Math.max(0, Math.ceil(middle - reach)); j <= Math.min(nodes - 1, middle + reach); j++) {
      const z = (x + 3 - j * spacing) / width
      sum += noise[j] * exp((-z * z) / 2) * polynomial(z)
    }
    return (sum * spacing) / (width * Math.sqrt(turn))
  }
  const { graph, x, add, multiply, sin, cos } = algebra()
  const angle = multiply(turn, x(0))
  const smooth = graphPotential({
    dim: 1,
    name: 'rippled-bowl',
    graph,
    value: add(multiply(x(0), x(0)), multiply(amplitude, sin(angle))),
    gradient: () => [add(multiply(2, x(0)), multiply(amplitude * turn, cos(angle)))],
  })
  if (roughness === 0) return smooth
  return pointwise({
    dim: 1,
    name: 'rippled-bowl',
    value: (point) => smooth.value(point) + rough(point[0], () => 1),
    gradient(point, out) {
      out[0] = smooth.gradient(point)[0] + rough(point[0], (z) => -z / width)
    },
    hessian(point, out) {
      out[0] = smooth.hessian(point)[0] + rough(point[0], (z) => (z * z - 1) / (width * width))
    },
  })
}
