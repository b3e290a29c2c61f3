import { recipeOf } from './portable.ts'

/** A short text that differs for values that differ: of plain data, typed arrays, portable values by their recipes, and functions by their source. */
export function fingerprint(value: unknown): string {
  let [a, b] = [0x811c9dc5, 0x9e3779b9]
  const take = (word: number): void => {
    a = Math.imul(a ^ word, 0x01000193)
    b = Math.imul(b ^ (word + a), 0x85ebca6b)
    b ^= b >>> 13
  }
  const text = (part: string): void => {
    for (let i = 0; i < part.length; i++) take(part.charCodeAt(i))
    take(0x10000)
  }
  const visit = (part: unknown, seen: readonly object[]): void => {
    if (typeof part === 'function' || (typeof part === 'object' && part !== null)) {
      if (seen.includes(part)) return text('again')
      const recipe = recipeOf(part)
      const inside = [...seen, part]
      if (recipe !== undefined) return visit([recipe.maker, recipe.args], inside)
      if (typeof part === 'function') return text(String(part))
      if (ArrayBuffer.isView(part)) {
        const bytes = new Uint8Array(part.buffer, part.byteOffset, part.byteLength)
        for (const byte of bytes) take(byte)
        return text(`${part.constructor.name} ${bytes.length}`)
      }
      for (const [name, item] of Object.entries(part)) {
        text(name)
        visit(item, inside)
      }
      return text(Array.isArray(part) ? 'list' : 'record')
    }
    return text(Object.is(part, -0) ? '-0' : `${typeof part} ${String(part)}`)
  }
  visit(value, [])
  return [a, b].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}
