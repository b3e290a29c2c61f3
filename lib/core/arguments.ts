import { ArgumentError } from './errors.ts'

/** Throws the one error grammar: `<where>: <argument> must be <expected>, got <value>`. */
export function refuse(where: string, argument: string, expected: string, value: unknown): never {
  throw new ArgumentError(`${where}: ${argument} must be ${expected}, got ${show(value)}`)
}

/** A short text for any value, as error messages print it. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}…` : value)
  if (typeof value === 'function') return 'a function'
  if (value === null || typeof value !== 'object') return Object.is(value, -0) ? '-0' : String(value)
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const items = Array.from(value as ArrayLike<unknown>)
    return `[${items.slice(0, 6).map(show).join(', ')}${items.length > 6 ? `, … (${items.length} items)` : ''}]`
  }
  const keys = Object.keys(value)
  return keys.length === 0 ? 'an empty object' : `an object with ${keys.slice(0, 6).join(', ')}`
}

export function finite(where: string, argument: string, value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : refuse(where, argument, 'a finite number', value)
}

export function positive(where: string, argument: string, value: unknown): number {
  return typeof value === 'number' && value > 0 && Number.isFinite(value)
    ? value
    : refuse(where, argument, 'a positive finite number', value)
}

export function nonNegative(where: string, argument: string, value: unknown): number {
  return typeof value === 'number' && value >= 0 && Number.isFinite(value)
    ? value
    : refuse(where, argument, 'a non-negative finite number', value)
}

export function integer(where: string, argument: string, value: unknown, least: number): number {
  return Number.isSafeInteger(value) && (value as number) >= least
    ? (value as number)
    : refuse(where, argument, `an integer of at least ${least}`, value)
}

export function text(where: string, argument: string, value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : refuse(where, argument, 'a non-empty string', value)
}

export function callable(where: string, argument: string, value: unknown): void {
  if (typeof value !== 'function') refuse(where, argument, 'a function', value)
}

/** One of a list of names; a near miss is named. */
export function oneOf<const T extends string>(where: string, argument: string, value: unknown, names: readonly T[]): T {
  if (typeof value === 'string' && (names as readonly string[]).includes(value)) return value as T
  const near = typeof value === 'string' ? nearest(value, names) : undefined
  const list = names.map((name) => `'${name}'`).join(', ')
  return refuse(where, argument, `one of ${list}${near === undefined ? '' : ` (did you mean '${near}'?)`}`, value)
}

/** Refuses a missing options object and any name outside `known`. */
export function options(where: string, value: unknown, known: readonly string[], argument = 'options'): void {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    refuse(where, argument, `an object with ${known.join(', ')}`, value)
  }
  for (const name of Object.keys(value)) {
    if (known.includes(name)) continue
    const near = nearest(name, known)
    throw new ArgumentError(
      `${where}: ${argument} must be one of ${known.join(', ')}${near === undefined ? '' : ` (did you mean ${near}?)`}, got ${name}`,
    )
  }
}

/** A point of R^dim as any array-like of finite numbers. */
export function point(where: string, argument: string, value: unknown, dim: number): ArrayLike<number> {
  const x = value as ArrayLike<unknown>
  const listed = (Array.isArray(value) || ArrayBuffer.isView(value)) && x.length === dim
  if (!listed) return refuse(where, argument, `a point of ${dim} coordinate${dim === 1 ? '' : 's'}`, value)
  // A message's text is made for the coordinate that is wrong alone: points may have a million.
  for (let i = 0; i < dim; i++) if (!Number.isFinite(x[i])) finite(where, `${argument}[${i}]`, x[i])
  return x as ArrayLike<number>
}

/** The known name within a third of its length in edits, if any. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
  const best = ranked[0]
  if (best === undefined) return undefined
  const few = Math.max(1, Math.ceil(best.candidate.length / 3))
  return best.distance <= few && best.distance < best.candidate.length ? best.candidate : undefined
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    row = next
  }
  return row[b.length]
}
