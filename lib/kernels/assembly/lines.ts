/*
 * Lines of one axis of a field, eight in a group, in C order of the other axes. A group is gathered two lines by two, a line a lane, into buffers of pairs with ghosts on both
 * sides, worked on there and scattered. Along a slow axis the eight lie side by side in a cache line.
 */

/** Lines in a group. */
export const together: i32 = 8

// @ts-ignore: decorator
@inline
function lineStart(line: i32, n: i32, stride: i32): i32 {
  const slab = line / stride
  return (slab * n * stride + (line - slab * stride)) << 3
}

/** Whether the eight lines from this one on lie side by side. */
// @ts-ignore: decorator
@inline
function sideBySide(line: i32, lines: i32, stride: i32): bool {
  return line + together <= lines && (line % stride) + together <= stride
}

/** Lines of the group from `line` on into buffers `pitch` bytes apart, each behind `ghosts` pairs. The last of an odd number of lines is there twice. */
export function gatherGroup(data: usize, line: i32, lines: i32, n: i32, stride: i32, ghosts: i32, buffers: usize, pitch: i32): void {
  const step = stride << 3
  let to = buffers + (ghosts << 4)
  if (sideBySide(line, lines, stride)) {
    let from = data + lineStart(line, n, stride)
    for (let i = 0; i < n; i++, from += step, to += 16) {
      v128.store(to, v128.load(from))
      v128.store(to + pitch, v128.load(from, 16))
      v128.store(to + 2 * pitch, v128.load(from, 32))
      v128.store(to + 3 * pitch, v128.load(from, 48))
    }
    return
  }
  for (let l = line; l < min(line + together, lines); l += 2, to += pitch) {
    let first = data + lineStart(l, n, stride)
    let second = data + lineStart(min(l + 1, lines - 1), n, stride)
    let place = to
    for (let i = 0; i < n; i++, first += step, second += step, place += 16) {
      store<f64>(place, load<f64>(first))
      store<f64>(place, load<f64>(second), 8)
    }
  }
}

/** The other way, from the beginning of each buffer; added to what is there if `adding`. */
export function scatterGroup(result: usize, adding: bool, line: i32, lines: i32, n: i32, stride: i32, buffers: usize, pitch: i32): void {
  const step = stride << 3
  let from = buffers
  if (sideBySide(line, lines, stride)) {
    let to = result + lineStart(line, n, stride)
    for (let i = 0; i < n; i++, to += step, from += 16) {
      put(to, adding, v128.load(from))
      put(to + 16, adding, v128.load(from + pitch))
      put(to + 32, adding, v128.load(from + 2 * pitch))
      put(to + 48, adding, v128.load(from + 3 * pitch))
    }
    return
  }
  for (let l = line; l < min(line + together, lines); l += 2, from += pitch) {
    let first = result + lineStart(l, n, stride)
    let place = from
    for (let i = 0; i < n; i++, first += step, place += 16) store<f64>(first, adding ? load<f64>(first) + load<f64>(place) : load<f64>(place))
    if (l + 1 == lines) return
    let second = result + lineStart(l + 1, n, stride)
    place = from
    for (let i = 0; i < n; i++, second += step, place += 16) store<f64>(second, adding ? load<f64>(second) + load<f64>(place, 8) : load<f64>(place, 8))
  }
}

// @ts-ignore: decorator
@inline
function put(to: usize, adding: bool, value: v128): void {
  v128.store(to, adding ? f64x2.add(v128.load(to), value) : value)
}

/** Ghosts of a buffer by the rules of kernels/ghosts.ts. */
export function fillPairGhosts(buffer: usize, rules: usize, rulesEnd: usize): void {
  for (let rule = rules; rule < rulesEnd; rule += 40) {
    const kind = <i32>load<f64>(rule)
    const at = buffer + (<i32>load<f64>(rule, 8) << 4)
    const from = v128.load(buffer + (<i32>load<f64>(rule, 16) << 4))
    const end = v128.load(buffer + (<i32>load<f64>(rule, 24) << 4))
    const value = v128.load64_splat(rule, 32)
    const two = f64x2.splat(2)
    let ghost = from
    if (kind == 1) ghost = f64x2.sub(f64x2.mul(two, end), from)
    else if (kind == 2) ghost = f64x2.sub(f64x2.mul(two, value), from)
    else if (kind == 3) ghost = f64x2.add(from, f64x2.mul(value, f64x2.sub(from, end)))
    v128.store(at, ghost)
  }
}
