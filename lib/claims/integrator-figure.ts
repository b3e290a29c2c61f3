import type { Figure, Mark, Panel } from '../figure/figure.ts'
import type { Pair } from './integrator-runs.ts'
import type { Stationary } from './stationary-bias.ts'

/** How methods are called and coloured; those that share a colour are not in the same panel, or one curve. */
const shown: Record<string, { name: string; color: number }> = {
  'euler-maruyama': { name: 'Euler', color: 0 }, 'drift-implicit-euler': { name: 'implicit', color: 1 }, 'tamed-euler': { name: 'tamed', color: 2 }, 'milstein': { name: 'Milstein', color: 3 },
  'heun': { name: 'Heun', color: 4 }, 'srk': { name: 'SRK', color: 5 }, 'srk-additive': { name: 'SRK additive', color: 5 }, 'leimkuhler-matthews': { name: 'L–M', color: 6 },
  'mala': { name: 'MALA', color: 3 }, 'baoab': { name: 'BAOAB', color: 0 }, 'obabo': { name: 'OBABO', color: 1 },
}

export function ordersFigure(pairs: readonly Pair[], stationary: readonly Stationary[]): Figure {
  const orders = (kind: Pair['kind'], title: string, which: (pair: Pair) => boolean): Panel => ({
    title: `${kind}, ${title}`,
    x: { label: 'dt', type: 'log' },
    y: { label: kind === 'strong' ? 'root mean square error' : 'error of moments', type: 'log' },
    marks: curves(pairs.filter((pair) => pair.kind === kind && which(pair)).map(({ method, dt, error, declared }) => ({ method, note: '', x: dt, y: error, order: declared }))),
  })
  const classes = (kind: Pair['kind']): Panel[] => [
    orders(kind, 'additive noise', ({ noise, kinetic }) => noise === 'additive' && !kinetic),
    orders(kind, 'underdamped', ({ kinetic }) => kinetic),
    ...(['diagonal', 'commutative', 'general'] as const).map((noise) => orders(kind, `${noise} noise`, (pair) => pair.noise === noise)),
  ]
  const bias = (title: string, kinetic: boolean): Panel => ({
    title,
    x: { label: 'dt', type: 'log' },
    y: { label: `relative bias of ⟨x²⟩${kinetic ? ' or ⟨p²⟩' : ''}`, type: 'log' },
    marks: curves(stationary.filter(({ exact, underdamped }) => !exact && underdamped === kinetic).map(({ method, quantity, dt, value, declared }) =>
      ({ method, note: kinetic ? ` ⟨${quantity}²⟩` : '', x: dt, y: value.map((v) => Math.abs(v - 1)), order: declared }))),
  })
  return {
    title: 'Orders of the integrators',
    caption: 'Points: measured at time 1 on the Wiener paths of the solution, or for the bias on f = 0.75x², β = 2. Lines: the declared order, whose number is beside the name.',
    panels: [...classes('strong'), ...classes('weak'), bias('stationary bias', false), bias('stationary, underdamped', true)],
    columns: 3,
  }
}

interface Curve {
  method: string
  note: string
  x: number[]
  y: number[]
  order: number
}

/** Points and a line of the declared order through the one with the smallest step; curves that lie on one another share a name. */
function curves(all: readonly Curve[]): Mark[] {
  const distinct: { names: string[]; curve: Curve }[] = []
  for (const curve of all) {
    const name = `${shown[curve.method].name}${curve.note}`
    const same = distinct.find(({ curve: other }) => other.order === curve.order && other.y.every((y, k) => Math.abs(y / curve.y[k] - 1) < 0.02))
    if (same === undefined) distinct.push({ names: [name], curve })
    else same.names.push(name)
  }
  return distinct.flatMap(({ names, curve: { method, x, y, order } }): Mark[] => {
    const { color } = shown[method]
    const finest = x.indexOf(Math.min(...x))
    return [
      { kind: 'line', x, y: x.map((dt) => y[finest] * (dt / x[finest]) ** order), color, width: 1 },
      { kind: 'points', x, y, label: `${names.join(', ')} ${order}`, color },
    ]
  })
}
