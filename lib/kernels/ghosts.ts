/*
 * Ghosts by rules of five numbers each, to be followed in order: what to do, the place written, the place read, the place of the end or of its neighbour, a number. Places count
 * along the axis, ghosts included.
 */

/** What a rule writes, from the value read: the value; 2·end − value; 2·number − value; value + number·(value − end). */
export const ghostKinds = { copy: 0, turn: 1, turnAbout: 2, line: 3 } as const

export const ruleLength = 5

/** The twin of assembly/ghosts.ts, with places and strides in numbers: the rules of one axis on its lines, `inner` side by side and over two strides, the first from `at` on. */
export function fillGhosts(
  data: Float64Array, at: number, stride: number, inner: number, outer1: number, stride1: number, outer2: number, stride2: number, rules: Float64Array,
): void {
  for (let i = 0; i < outer1; i++) {
    for (let j = 0; j < outer2; j++) {
      const base = at + i * stride1 + j * stride2
      for (let r = 0; r < rules.length; r += ruleLength) {
        const [to, from, end] = [base + rules[r + 1] * stride, base + rules[r + 2] * stride, base + rules[r + 3] * stride]
        for (let k = 0; k < inner; k++) data[to + k] = ghost(rules[r], data[from + k], data[end + k], rules[r + 4])
      }
    }
  }
}

function ghost(kind: number, from: number, end: number, value: number): number {
  if (kind === ghostKinds.copy) return from
  if (kind === ghostKinds.turn) return 2 * end - from
  if (kind === ghostKinds.turnAbout) return 2 * value - from
  return from + value * (from - end)
}
