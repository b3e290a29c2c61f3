import { ArgumentError } from '../core/errors.ts'

/** How a value that holds functions is made again elsewhere: by a maker known by its name, from arguments that are plain or portable themselves. */
export interface Recipe {
  readonly maker: string
  readonly args: readonly unknown[]
}

type Maker = (...args: never[]) => unknown

const recipes = new WeakMap<object, Recipe>()
const makers = new Map<string, Maker>()
/** What keeping makers have made, by their arguments. */
const kept = new Map<string, unknown>()
const mostKept = 64

/** Registers a maker. Like tasks, makers are loaded in a worker by the list of lib/worker.ts. */
export function defineMaker(name: string, make: Maker): void {
  makers.set(name, make)
}

/** Registers a maker of what never changes from texts and numbers, kept for the next piece of the same job: an expression takes as long to parse and compile as many a piece takes. */
export function defineKeepingMaker(name: string, make: Maker): void {
  makers.set(name, (...args) => {
    const key = JSON.stringify([name, args], (_, value: unknown) => (Object.is(value, -0) ? '-0' : value))
    if (!kept.has(key)) {
      if (kept.size === mostKept) kept.delete(kept.keys().next().value!)
      kept.set(key, make(...args))
    }
    return kept.get(key)
  })
}

/** Notes how `value` was made, and returns it. */
export function portable<T extends object>(value: T, maker: string, ...args: unknown[]): T {
  recipes.set(value, { maker, args })
  return value
}

/** How a value was made, if that was noted. */
export function recipeOf(value: object): Recipe | undefined {
  return recipes.get(value)
}

export function isPortable(value: unknown): boolean {
  return ((typeof value === 'object' && value !== null) || typeof value === 'function') && recipes.has(value)
}

/**
 * A copy of plain data in which every portable value is replaced by its recipe, fit to be sent to another thread or machine.
 * @throws ArgumentError on a function that only exists here, naming its place and `fromModule`, and on symbols and instances of classes (Map, Date, …), whose copies
 * would be others or none
 */
export function pack(where: string, value: unknown, place = ''): unknown {
  if (typeof value === 'function' || (typeof value === 'object' && value !== null)) {
    const recipe = recipes.get(value)
    if (recipe !== undefined) return { $maker: recipe.maker, $args: recipe.args.map((arg) => pack(where, arg, place)) }
  }
  if (typeof value === 'function') {
    throw new ArgumentError(
      `${where}: ${place || 'the work'} must be an expression, a catalogue entry or fromModule(url, exportName) to run on other threads, got a function`,
    )
  }
  if (!isPlain(value)) {
    const kind = typeof value === 'symbol' ? 'symbol' : (value as object).constructor.name
    throw new ArgumentError(`${where}: ${place || 'the work'} must be plain data to run on other threads, got a value of type ${kind}`)
  }
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value
  if (Array.isArray(value)) return value.map((item, i) => pack(where, item, `${place}[${i}]`))
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, pack(where, item, place === '' ? name : `${place}.${name}`)]))
}

/** Numbers and texts, buffers and their views, lists, and objects of no class. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'symbol'
  if (Array.isArray(value) || ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

/** Names of the makers that a packed value needs. */
export function makersOf(value: unknown, names = new Set<string>()): Set<string> {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return names
  const { $maker } = value as { $maker?: string }
  if ($maker !== undefined) names.add($maker)
  for (const item of Object.values(value)) makersOf(item, names)
  return names
}

/** The value again, with portable parts made anew. */
export function unpack(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value
  if (Array.isArray(value)) return value.map(unpack)
  const { $maker, $args } = value as { $maker?: string; $args?: unknown[] }
  if ($maker === undefined) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, unpack(item)]))
  const make = makers.get($maker)
  if (make === undefined) throw new ArgumentError(`worker: maker must be a registered maker, got '${$maker}'`)
  return make(...($args!.map(unpack) as never[]))
}
