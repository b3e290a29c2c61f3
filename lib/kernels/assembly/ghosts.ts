/* Ghosts by the rules of kernels/ghosts.ts, and copies of fields into arrays with ghosts and out of them. */

/** The rules of one axis on all its lines: `inner` of them side by side, and over two strides. Strides are bytes. */
export function fillGhosts(
  data: usize, stride: i32, inner: i32, outer1: i32, stride1: i32, outer2: i32, stride2: i32, rules: usize, rulesEnd: usize,
): void {
  for (let i = 0; i < outer1; i++) {
    for (let j = 0; j < outer2; j++) {
      const base = data + i * stride1 + j * stride2
      for (let rule = rules; rule < rulesEnd; rule += 40) {
        const kind = <i32>load<f64>(rule)
        const at = base + <i32>load<f64>(rule, 8) * stride
        const from = base + <i32>load<f64>(rule, 16) * stride
        const end = base + <i32>load<f64>(rule, 24) * stride
        const value = load<f64>(rule, 32)
        for (let k = 0; k < inner << 3; k += 8) store<f64>(at + k, ghost(kind, load<f64>(from + k), load<f64>(end + k), value))
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function ghost(kind: i32, from: f64, end: f64, value: f64): f64 {
  if (kind == 0) return from
  if (kind == 1) return 2 * end - from
  if (kind == 2) return 2 * value - from
  return from + value * (from - end)
}

/** Where a row (a line of the last axis) of a field of up to three axes begins in its ghosted copy, in bytes from the first node. */
// @ts-ignore: decorator
@inline
export function rowPlace(row: i32, rows1: i32, stride1: i32, stride0: i32): i32 {
  const slab = row / rows1
  return slab * stride0 + (row - slab * rows1) * stride1
}

/** Copies rows of n nodes into an array with ghosts. `rows1` rows a slab; pointers at the first node. */
export function rowsIntoGhosted(from: i32, to: i32, n: i32, rows1: i32, stride1: i32, stride0: i32, rows: usize, ghosted: usize): void {
  for (let row = from; row < to; row++) memory.copy(ghosted + rowPlace(row, rows1, stride1, stride0), rows + row * (n << 3), n << 3)
}

/** Copies rows of n nodes out of an array with ghosts. */
export function rowsOutOfGhosted(from: i32, to: i32, n: i32, rows1: i32, stride1: i32, stride0: i32, rows: usize, ghosted: usize): void {
  for (let row = from; row < to; row++) memory.copy(rows + row * (n << 3), ghosted + rowPlace(row, rows1, stride1, stride0), n << 3)
}
