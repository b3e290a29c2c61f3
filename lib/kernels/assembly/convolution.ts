import { fillPairGhosts, gatherGroup, scatterGroup, together } from './lines'

/** Convolution of the lines of an axis with the symmetric kernel of `reach` + 1 weights: operation for operation `convolveDirectly` of kernels/convolution.ts. */
export function convolveLines(
  from: i32, to: i32, data: usize, result: usize, lines: i32, n: i32, stride: i32, weights: usize, reach: i32, rules: usize, rulesEnd: usize, buffers: usize, pitch: i32,
): void {
  const own = buffers + from * 4 * pitch
  for (let group = from; group < to; group++) {
    const line = group * together
    gatherGroup(data, line, lines, n, stride, reach, own, pitch)
    for (let l = 0; l < min(together, lines - line); l += 2) {
      const buffer = own + (l >> 1) * pitch
      fillPairGhosts(buffer, rules, rulesEnd)
      convolvePair(buffer, n, weights, reach)
    }
    scatterGroup(result, false, line, lines, n, stride, own, pitch)
  }
}

/** Results take the place of the first ghosts: no later node reads them. */
function convolvePair(buffer: usize, n: i32, weights: usize, reach: i32): void {
  const center = v128.load64_splat(weights)
  const end = buffer + (n << 4)
  while (buffer + 64 <= end) {
    let left = buffer + (reach << 4)
    let right = left + 48
    let left0 = v128.load(left)
    let left1 = v128.load(left, 16)
    let left2 = v128.load(left, 32)
    let left3 = v128.load(left, 48)
    let right0 = left0
    let right1 = left1
    let right2 = left2
    let right3 = left3
    let sum0 = f64x2.mul(center, left0)
    let sum1 = f64x2.mul(center, left1)
    let sum2 = f64x2.mul(center, left2)
    let sum3 = f64x2.mul(center, left3)
    for (let d = 1; d <= reach; d++) {
      left -= 16
      right += 16
      const weight = v128.load64_splat(weights + (d << 3))
      left3 = left2
      left2 = left1
      left1 = left0
      left0 = v128.load(left)
      right0 = right1
      right1 = right2
      right2 = right3
      right3 = v128.load(right)
      sum0 = f64x2.add(sum0, f64x2.mul(weight, f64x2.add(left0, right0)))
      sum1 = f64x2.add(sum1, f64x2.mul(weight, f64x2.add(left1, right1)))
      sum2 = f64x2.add(sum2, f64x2.mul(weight, f64x2.add(left2, right2)))
      sum3 = f64x2.add(sum3, f64x2.mul(weight, f64x2.add(left3, right3)))
    }
    v128.store(buffer, sum0)
    v128.store(buffer, sum1, 16)
    v128.store(buffer, sum2, 32)
    v128.store(buffer, sum3, 48)
    buffer += 64
  }
  while (buffer < end) {
    let left = buffer + (reach << 4)
    let right = left
    let sum = f64x2.mul(center, v128.load(left))
    for (let d = 1; d <= reach; d++) {
      left -= 16
      right += 16
      sum = f64x2.add(sum, f64x2.mul(v128.load64_splat(weights + (d << 3)), f64x2.add(v128.load(left), v128.load(right))))
    }
    v128.store(buffer, sum)
    buffer += 16
  }
}
