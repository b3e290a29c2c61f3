import type { Method } from '../sde/method.ts'
import { quadratic, quadraticSystem, stationarySquare } from './integrator-laws.ts'
import { stationaryCovariance } from './linear-laws.ts'

export interface Stationary {
  method: string
  underdamped: boolean
  quantity: 'x' | 'p'
  dt: number[]
  /** ⟨x²⟩βλ or ⟨p²⟩β, and what they should be: 1 of the Gibbs law, or the closed form. */
  value: number[]
  closedForm: number[] | null
  exact: boolean
  /** Roundings of a step that show, see `stationaryCovariance`. */
  amplification: number[]
  declared: number
}

const steps = [0.1, 0.2, 0.4, 0.8]

type Form = (z: number) => number

const euler: Form = (z) => 1 / (1 - z / 2)
const rungeKutta: Form = (z) => (1 - z + (z * z) / 3) / ((1 - z / 2) * (1 - z / 2 + (z * z) / 4))

/** ⟨x²⟩βλ of the methods that have a closed form, in z = λdt; of those of the underdamped equation in z = λdt², and ⟨p²⟩β. */
const closedForms: Record<string, { x: Form; p?: Form }> = {
  'euler-maruyama': { x: euler },
  'milstein': { x: euler },
  'drift-implicit-euler': { x: (z) => 1 / (1 + z / 2) },
  'heun': { x: (z) => (1 - z / 2) / (1 - z / 2 + (z * z) / 4) },
  'srk': { x: rungeKutta },
  'srk-additive': { x: rungeKutta },
  'leimkuhler-matthews': { x: () => 1 },
  'baoab': { x: () => 1, p: (z) => 1 - z / 4 },
  'obabo': { x: (z) => 1 / (1 - z / 4), p: () => 1 },
}

/** ⟨x²⟩ and ⟨p²⟩ of a method, as far as they have a meaning; of MALA, whose law is sampled, nothing. */
export function stationaryOf(method: Method | undefined): Stationary[] {
  if (method === undefined || method.name === 'mala') return []
  const { beta, lambda } = quadratic
  const forms = closedForms[method.name]
  if (forms === undefined) {
    return [{
      method: method.name, underdamped: false, quantity: 'x', dt: steps, value: steps.map((dt) => stationarySquare(method, dt) * beta * lambda), closedForm: null, exact: false,
      amplification: steps.map(() => 1), declared: method.stationaryOrder,
    }]
  }
  const underdamped = forms.p !== undefined
  const laws = steps.map((dt) => stationaryCovariance(method, quadraticSystem(underdamped), dt))
  return (['x', 'p'] as const).flatMap((quantity): Stationary[] => {
    const form = forms[quantity]
    if (form === undefined) return []
    const closedForm = steps.map((dt) => form(underdamped ? lambda * dt * dt : lambda * dt))
    return [{
      method: method.name, underdamped, quantity, dt: steps, value: laws.map(({ covariance }) => (quantity === 'x' ? covariance[0] * lambda : covariance[3]) * beta),
      closedForm, exact: closedForm.every((value) => value === 1), amplification: laws.map(({ amplification }) => amplification), declared: method.stationaryOrder,
    }]
  })
}
