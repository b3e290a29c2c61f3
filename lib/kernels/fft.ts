import FFT from 'fft.js'
import { cos, sin } from '../core/elementary.ts'
import { available, scratch } from './machine.ts'
import type { Take } from './machine.ts'
import { alone } from './team.ts'
import type { Team } from './team.ts'

/*
 * Discrete Fourier transforms of complex numbers, real and imaginary part side by side, of any length and along any axes. With kernels by assembly/fft.ts; without them by
 * fft.js, which transforms powers of two, and chirp convolutions through it.
 */

/** X_k = Σ_j x_j e^{−2πi j·k/n} over all axes of a C-ordered array of `shape`, 2·size numbers. Errors are about eps·log₂(size) of the root mean square. */
export function fft(values: Float64Array, shape: readonly number[]): Float64Array {
  return transformed(values, shape, false)
}

/** x_j = (1/size) Σ_k X_k e^{+2πi j·k/n}: the inverse of `fft`. */
export function inverseFft(values: Float64Array, shape: readonly number[]): Float64Array {
  return transformed(values, shape, true)
}

function transformed(values: Float64Array, shape: readonly number[], inverse: boolean): Float64Array {
  return scratch((take) => {
    const data = take(Float64Array, values.length)
    data.set(values)
    shape.forEach((_, axis) => transformAxis(data, shape, axis, inverse, alone))
    return data.slice()
  })
}

/** Transforms all lines along one axis in place, in numbers lent by the memory of the kernels. */
export function transformAxis(data: Float64Array, shape: readonly number[], axis: number, inverse: boolean, team: Team): void {
  const n = shape[axis]
  const inner = shape.slice(axis + 1).reduce((product, m) => product * m, 1)
  if (n === 1 || data.length === 0) return
  if (available) {
    scratch((take) => {
      const { matrix } = planOf(n)
      if (data.length === 2 * n && matrix !== undefined) transformLong(data, matrix, inverse, team, take)
      else transformLines(data, data, n, inner, inner, inverse, team, take)
    })
  } else transformLinesPlainly(data, n, inner, inverse)
}

interface Plan {
  /** Length of the passes: n, or a power of two that holds a convolution of n. */
  count: number
  radices: number[]
  /** e^{−2πi pk/(rm)}, k = 1 … r − 1, p = 0 … m − 1, pass after pass. */
  factors: Float64Array
  chirp?: Chirp
  /** For lone lines. */
  matrix?: Matrix
}

/** A nearly square matrix of n numbers, and w^b for b < 2^bits and w^{a·2^bits}, w = e^{−2πi/n}. */
interface Matrix {
  rows: number
  bits: number
  fine: Float64Array
  coarse: Float64Array
}

/** jk = (j² + k² − (k − j)²)/2 makes a transform a convolution with e^{iπd²/n}. */
interface Chirp {
  /** e^{−iπj²/n}. */
  values: Float64Array
  /** Transform of e^{iπd²/n}, d wrapped, over `count`². One count undoes the transform that comes after, one its twin. */
  spectrum: Float64Array
}

const kept = 32
const plans = new Map<number, Plan>()

function planOf(n: number): Plan {
  let plan = plans.get(n)
  if (plan === undefined) {
    if (plans.size === kept) plans.clear()
    plan = planned(n)
    plans.set(n, plan)
  }
  return plan
}

function planned(n: number): Plan {
  const own = radicesOf(n)
  if (own !== undefined) return { count: n, radices: own, factors: factorsOf(n, own), matrix: matrixOf(n) }
  const count = convolutionLength(n)
  const radices = radicesOf(count)!
  return { count, radices, factors: factorsOf(count, radices), chirp: chirpOf(n, count) }
}

/** Radices whose product is n, large ones first; undefined where n has other prime factors than 2, 3 and 5. */
function radicesOf(n: number): number[] | undefined {
  const radices: number[] = []
  let rest = n
  for (const radix of [4, 2, 3, 5]) {
    for (; rest % radix === 0; rest /= radix) radices.push(radix)
  }
  return rest === 1 ? radices : undefined
}

function convolutionLength(n: number): number {
  return 2 ** Math.ceil(Math.log2(2 * n - 1))
}

function factorsOf(n: number, radices: readonly number[]): Float64Array {
  const factors: number[] = []
  let length = n
  for (const radix of radices) {
    const m = length / radix
    for (let p = 0; p < m; p++) {
      for (let k = 1; k < radix; k++) factors.push(...turn(p * k, length))
    }
    length = m
  }
  return Float64Array.from(factors)
}

/** e^{−2πi q/n}, 0 ≤ q < n, from angles of at most an eighth of a turn. */
export function turn(q: number, n: number): [number, number] {
  if (8 * q > 4 * n) {
    const [c, s] = turn(n - q, n)
    return [c, -s]
  }
  if (8 * q > 2 * n) {
    // A quarter of a turn less, in units that keep q whole.
    const [c, s] = turn(4 * q - n, 4 * n)
    return [s, -c]
  }
  if (8 * q > n) {
    const angle = (Math.PI * (n - 4 * q)) / (2 * n)
    return [sin(angle), -cos(angle)]
  }
  const angle = (2 * Math.PI * q) / n
  return [cos(angle), q === 0 ? 0 : -sin(angle)]
}

function chirpOf(n: number, count: number): Chirp {
  const values = new Float64Array(2 * n)
  const wrapped = new Float64Array(2 * count)
  // j² mod 2n, exactly.
  for (let j = 0, square = 0; j < n; square = (square + 2 * j + 1) % (2 * n), j++) {
    const [c, s] = turn(square, 2 * n)
    values.set([c, s], 2 * j)
    wrapped.set([c, -s], 2 * j)
    if (j > 0) wrapped.set([c, -s], 2 * (count - j))
  }
  const spectrum = fft(wrapped, [count]).map((value) => value / count)
  return { values, spectrum }
}

function transformLines(
  values: Float64Array, out: Float64Array, n: number, innerFrom: number, innerTo: number, inverse: boolean, team: Team, take: Take,
): void {
  const { count, radices, factors, chirp } = planOf(n)
  const lines = values.length / 2 / n
  const passes = take(Int32Array, 2 * radices.length)
  let place = lend(factors, take).byteOffset
  let length = count
  radices.forEach((radix, k) => {
    passes.set([radix, place], 2 * k)
    length /= radix
    place += 16 * (radix - 1) * length
  })
  const busy = take(Int32Array, 1)
  busy[0] = 0
  const work = take(Float64Array, team.members * 5 * 4 * count)
  team.each('fftLines', Math.ceil(lines / 8), [
    values.byteOffset, out.byteOffset, lines, n, innerFrom, innerTo, inverse ? 1 : 0, inverse ? 1 / n : 1,
    count, passes.byteOffset, chirp === undefined ? 0 : lend(chirp.values, take).byteOffset, chirp === undefined ? 0 : lend(chirp.spectrum, take).byteOffset, busy.byteOffset, work.byteOffset,
  ])
}

function lend(numbers: Float64Array, take: Take): Float64Array {
  const held = take(Float64Array, numbers.length)
  held.set(numbers)
  return held
}

/** Lone lines from this length on go through a matrix. */
const long = 256

/** None where the line is short, or no two factors are near each other. */
function matrixOf(n: number): Matrix | undefined {
  let rows = Math.floor(Math.sqrt(n))
  while (n % rows !== 0) rows--
  if (n < long || rows * rows * 8 < n) return undefined
  const bits = Math.ceil(Math.log2(n) / 2)
  const powers = (count: number, step: number): Float64Array => Float64Array.from(Array.from({ length: count }, (_, a) => turn(a * step, n)).flat())
  return { rows, bits, fine: powers(Math.min(n, 2 ** bits), 1), coarse: powers(Math.ceil(n / 2 ** bits), 2 ** bits) }
}

/**
 * One long line as a matrix of n₁ rows and n₂ columns: with j = j₁n₂ + j₂ and k = k₁ + n₁k₂, transforms of the columns, factors w^{k₁j₂}, and transforms of the rows, written as
 * columns. Parts stay in the cache and all lanes have work.
 */
function transformLong(data: Float64Array, { rows, bits, fine, coarse }: Matrix, inverse: boolean, team: Team, take: Take): void {
  const n = data.length / 2
  const columns = n / rows
  transformLines(data, data, rows, columns, columns, inverse, team, take)
  team.each('twistRows', rows, [data.byteOffset, columns, inverse ? 1 : 0, bits, lend(fine, take).byteOffset, lend(coarse, take).byteOffset])
  const out = take(Float64Array, 2 * n)
  transformLines(data, out, columns, 1, rows, inverse, team, take)
  data.set(out)
}

/** Without kernels. */
export function transformLinesPlainly(data: Float64Array, n: number, inner: number, inverse: boolean): void {
  const line = new Float64Array(2 * n)
  const sign = inverse ? -1 : 1
  const scale = inverse ? 1 / n : 1
  for (let l = 0; l < data.length / 2 / n; l++) {
    const start = 2 * (Math.floor(l / inner) * inner * n + (l % inner))
    for (let j = 0; j < n; j++) {
      line[2 * j] = data[start + 2 * j * inner]
      line[2 * j + 1] = sign * data[start + 2 * j * inner + 1]
    }
    const result = transformPlainly(line)
    for (let j = 0; j < n; j++) {
      data[start + 2 * j * inner] = scale * result[2 * j]
      data[start + 2 * j * inner + 1] = sign * scale * result[2 * j + 1]
    }
  }
}

function transformPlainly(line: Float64Array): Float64Array {
  const n = line.length / 2
  if (Number.isInteger(Math.log2(n))) {
    const result = new Float64Array(2 * n)
    new FFT(n).transform(result, line)
    return result
  }
  return transformByChirp(line)
}

function transformByChirp(line: Float64Array): Float64Array {
  const n = line.length / 2
  const { values, spectrum } = planOf(n).chirp ?? chirpOf(n, convolutionLength(n))
  const length = spectrum.length / 2
  const padded = new Float64Array(2 * length)
  multiply(line, values, padded)
  const transform = new FFT(length)
  const product = new Float64Array(2 * length)
  transform.transform(product, padded)
  multiply(product, spectrum, product)
  transform.inverseTransform(padded, product)
  const result = padded.slice(0, 2 * n).map((value) => length * value)
  multiply(result, values, result)
  return result
}

/** Complex products of the numbers of the shorter of a and b. */
function multiply(a: Float64Array, b: Float64Array, out: Float64Array): void {
  for (let j = 0; j < Math.min(a.length, b.length); j += 2) {
    const [x, y] = [a[j], a[j + 1]]
    out[j] = x * b[j] - y * b[j + 1]
    out[j + 1] = x * b[j + 1] + y * b[j]
  }
}
