import {
  coleHopf, field, fokkerPlanck, grid, hamiltonJacobi, heat, hopfLax, minimize, optimalControl, overdampedLangevin, potential, sgd, simulate, solve, stationary,
} from 'deep-relaxation'

const well = potential('(x^2 - 1)^2/4 + x/10')
const line = (/** @type {number} */ size) => grid({ min: -3, max: 3, size })
const square = (/** @type {number} */ size) => {
  const axis = { min: -3, max: 3, size: Math.round(Math.sqrt(size)) }
  return field(grid([axis, axis]), potential('(x^2 - 1)^2/4 + y^2/2 + x y/10'))
}
const cells = (/** @type {number} */ size) => grid({ min: -3, max: 3, size, nodes: 'centers' })
const decades = [1e3, 1e4, 1e5, 1e6]

const onLine = (/** @type {number} */ size) => field(line(size), well)
const density = (/** @type {number} */ size) => fokkerPlanck({ grid: cells(size), potential: well, beta: 4 })
const bowl = (/** @type {number} */ dim) => potential({ dim, value: (x) => x.reduce((sum, value) => sum + value * value, 0) / 2, gradient: (x, out) => out.set(x) })

/** A ladder from what a size makes, untimed, and what is done with it. @template T @param {string} name @param {number[]} sizes @param {(size: number) => T} make @param {(made: T, size: number) => unknown} run */
const ladder = (name, sizes, make, run) => ({
  name,
  sizes,
  at(/** @type {number} */ size) {
    const made = make(size)
    return () => run(made, size)
  },
})

/** Ten steps of a length that every size can take. @param {string} name @param {(size: number) => Parameters<typeof solve>[0]} equation */
const tenSteps = (name, equation) => ladder(name, decades, equation, (made, size) => solve(made, { time: 1 / size, dt: 0.1 / size }))

const langevin = overdampedLangevin({ potential: well, beta: 5 })

/** How the time of each solver grows: with nodes at a fixed number of steps, with paths, with dimensions. @type {readonly import('./index.mjs').Ladder[]} */
export const ladders = [
  ladder('hopfLax, nodes on the line', decades, onLine, (initial) => hopfLax(initial, { gamma: 0.1 })),
  ladder('hopfLax, nodes in the plane', decades, square, (initial) => hopfLax(initial, { gamma: 0.1 })),
  ladder('coleHopf, nodes on the line', [1e2, 1e3, 1e4, 1e5], onLine, (initial) => coleHopf(initial, { gamma: 0.1, beta: 20 })),
  ladder('coleHopf, nodes in the plane', [1e2, 1e3, 1e4, 1e5], square, (initial) => coleHopf(initial, { gamma: 0.1, beta: 20 })),
  tenSteps('solve hamiltonJacobi, 10 steps, nodes', (size) => hamiltonJacobi({ initial: onLine(size) })),
  tenSteps('solve heat, 10 steps, nodes', (size) => heat({ initial: onLine(size), beta: 5 })),
  tenSteps('solve fokkerPlanck, 10 steps, cells', (size) => fokkerPlanck({ initial: field(cells(size), (x) => Math.exp(-x * x)), potential: well, beta: 4 })),
  ladder('stationary, cells', decades, density, (equation) => stationary(equation)),
  ladder('optimalControl, nodes', [1e2, 1e3, 1e4], line, (nodes) => optimalControl({ potential: well, grid: nodes, beta: 5, time: 0.1 })),
  ladder('simulate, 10 steps, paths', decades, (size) => size, (paths) => simulate(langevin, { initial: [0], dt: 0.01, time: 0.1, paths, seed: 1 })),
  ladder('minimize with sgd, 10 steps, dimensions', decades, bowl, (loss) =>
    minimize(loss, { optimizer: sgd({ learningRate: 0.1 }), initial: new Float64Array(loss.dim).fill(1), iterations: 10, seed: 1 })),
]
