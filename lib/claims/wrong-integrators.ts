import type { Method, Step } from '../sde/method.ts'
import { eulerMaruyama } from '../sde/methods/euler-maruyama.ts'

/** The method with a wrong coefficient; nothing for those that stay as they are. */
export function wrongVersion(method: Method): Method | undefined {
  const change = wrong[method.name]
  return change && { ...method, prepare: (system, count) => change(method.prepare(system, count), eulerMaruyama.prepare(system, count)) }
}

/** I_10 = dt H for dt(H + ΔW/2). */
const withoutIncrement = (step: Step): Step => (x, t, dt, seen) => step(x, t, dt, { ...seen, timeArea: seen.timeArea.map((area, i) => area - 0.5 * seen.increment[i]) })

const wrong: Record<string, (step: Step, euler: Step) => Step> = {
  // The correction with the opposite sign.
  'milstein': (step, euler) => (x, t, dt, seen) => {
    const plain = x.slice()
    euler(plain, t, dt, seen)
    step(x, t, dt, seen)
    for (let i = 0; i < x.length; i++) x[i] = 2 * plain[i] - x[i]
  },
  'srk': withoutIncrement,
  'srk-additive': withoutIncrement,
  // The noise of the step alone, not averaged with the next one's.
  'leimkuhler-matthews': (step) => (x, t, dt, seen) => step(x, t, dt, { ...seen, next: seen.increment }),
}
