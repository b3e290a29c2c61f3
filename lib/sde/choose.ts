import { oneOf } from '../core/arguments.ts'
import { ArgumentError } from '../core/errors.ts'
import type { Method, Orders } from './method.ts'
import { methods } from './methods/index.ts'
import type { System } from './system.ts'

/** The method of a name. @throws ArgumentError for one that does not take the equation, naming those that do */
export function chooseMethod(where: string, system: System, name: unknown): Method {
  const fallback = methods.find((method) => obstacle(method, system) === undefined)!.name
  const method = methods[methods.findIndex((one) => one.name === oneOf(where, 'method', name ?? fallback, methods.map((known) => known.name)))]
  const wrong = obstacle(method, system)
  if (wrong === undefined) return method
  const fit = methods.filter((one) => obstacle(one, system) === undefined).map((one) => `'${one.name}'`)
  throw new ArgumentError(`${where}: method must be one that takes the equation, ${fit.join(', ')}, got '${method.name}', which ${wrong}`)
}

/** Why the method does not take the system. */
function obstacle({ noise, calculus, requires }: Method, system: System): string | undefined {
  const { classes, constant } = system.noise
  if (calculus !== 'both' && system.calculus !== 'both' && calculus !== system.calculus) {
    return `is in the ${calculus === 'ito' ? 'Itô' : 'Stratonovich'} sense and the equation in the ${system.calculus === 'ito' ? 'Itô' : 'Stratonovich'} sense`
  }
  if (!classes.includes(noise)) return `takes ${noise} noise and the equation's is ${classes[0]}`
  if (requires === 'constant noise' && !constant) return 'needs noise that does not depend on time'
  if (requires === 'an overdamped Langevin equation' && system.gibbs === undefined) return `needs ${requires}`
  if (requires === 'an underdamped Langevin equation' && system.kinetic === undefined) return `needs ${requires}`
  return undefined
}

/** The method's orders on the system's noise. */
export function ordersOn({ strongOrder, weakOrder, sharper = {} }: Method, { noise }: System): Orders {
  const all = [{ strongOrder, weakOrder }, ...noise.classes.map((name) => ({ strongOrder, weakOrder, ...sharper[name] }))]
  return { strongOrder: Math.max(...all.map((one) => one.strongOrder)), weakOrder: Math.max(...all.map((one) => one.weakOrder)) }
}
