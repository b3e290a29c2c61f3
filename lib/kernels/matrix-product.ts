import { addressOf, available, scratch } from './machine.ts'
import type { Take } from './machine.ts'
import { alone } from './team.ts'
import type { Team } from './team.ts'

/** rows × columns numbers, row major; `transposed` means the transpose of what is stored. */
export interface Matrix {
  readonly values: Float64Array
  /** Of what is stored. */
  readonly rows: number
  readonly columns: number
  readonly transposed?: boolean
}

export interface ProductOptions {
  /** Default 1. */
  factor?: number
  /** Default 0, which does not read C. */
  keep?: number
  /**
   * Default 'double'. 'single' rounds the elements of A and B, their products and the sums of up to 256 of these to 24 bits and is about twice as fast; factor, keep, C and
   * sums of sums are doubles. Numbers beyond 3.4e38 become infinite.
   */
  precision?: 'double' | 'single'
  team?: Team
}

/** Terms that are summed before their sum is added to C, lines of a panel, row panels of one part; as in assembly/matrix-product.ts. */
const [depth, lines, grain] = [256, 4, 16]

/** Kernels, what they pack to, panels of B that are read together, and the rounding of terms. */
const formats = {
  double: { pack: 'packPanels', multiply: 'multiplyPanels', Packed: Float64Array, together: 1, round: (x: number) => x },
  single: { pack: 'packSinglePanels', multiply: 'multiplySinglePanels', Packed: Float32Array, together: 2, round: Math.fround },
}

/**
 * C ← factor·A·B + keep·C, C row major with the rows of A and the columns of B. Every element sums its terms in order, in blocks of 256 whose sums
 * are added in order: the bits depend on neither the team nor the twin. Matrices in the memory of the kernels are read and written where they are.
 */
export function matrixProduct(c: Float64Array, a: Matrix, b: Matrix, options: ProductOptions = {}): void {
  if (!available) multiplyPlainly(c, a, b, options)
  else scratch((take) => multiply(c, a, b, options, take))
}

/** The address of numbers in the memory of the kernels, or of a copy of them there. */
function placed(values: Float64Array, take: Take): number {
  const address = addressOf(values)
  if (address !== undefined) return address
  const copy = take(Float64Array, values.length)
  copy.set(values)
  return copy.byteOffset
}

function multiply(c: Float64Array, a: Matrix, b: Matrix, { factor = 1, keep = 0, precision = 'double', team = alone }: ProductOptions, take: Take): void {
  const [rows, length, columns] = sizesOf(a, b)
  const { pack, multiply, Packed, together } = formats[precision]
  /** Panels of the rows, or columns, of a matrix: each is four lines. */
  const packed = (matrix: Matrix, count: number, byColumns: boolean, panels: number): number => {
    const out = take<Float32Array | Float64Array>(Packed, panels * lines * length)
    const [lineStride, stride] = byColumns ? [1, matrix.columns] : [matrix.columns, 1]
    team.each(pack, panels, [out.byteOffset, placed(matrix.values, take), count, lineStride, length, stride, panels])
    return out.byteOffset
  }
  const rowPanels = Math.ceil(rows / lines)
  const left = packed(a, rows, a.transposed === true, rowPanels)
  const right = packed(b, columns, b.transposed !== true, together * Math.ceil(columns / (together * lines)))
  const result = addressOf(c) === undefined ? take(Float64Array, c.length) : c
  if (result !== c && keep !== 0) result.set(c)
  team.each(multiply, rowPanels, [result.byteOffset, left, right, rows, columns, length, factor, keep], grain)
  if (result !== c) c.set(result)
}

function sizesOf(a: Matrix, b: Matrix): [rows: number, length: number, columns: number] {
  const [rows, length] = a.transposed ? [a.columns, a.rows] : [a.rows, a.columns]
  return [rows, length, b.transposed ? b.rows : b.columns]
}

export function multiplyPlainly(c: Float64Array, a: Matrix, b: Matrix, { factor = 1, keep = 0, precision = 'double' }: ProductOptions = {}): void {
  const [rows, length, columns] = sizesOf(a, b)
  const { Packed, round } = formats[precision]
  const sums = new Packed(columns)
  const [aRow, aColumn] = a.transposed ? [1, a.columns] : [a.columns, 1]
  const [bRow, bColumn] = b.transposed ? [1, b.columns] : [b.columns, 1]
  for (let i = 0; i < rows; i++) {
    for (let block = 0; block < length; block += depth) {
      sums.fill(0)
      const end = Math.min(length, block + depth)
      for (let k = block; k < end; k++) {
        const each = round(a.values[i * aRow + k * aColumn])
        // A sum of two numbers of 24 bits is rounded in the end as if it had not been rounded to 53 before.
        for (let j = 0; j < columns; j++) sums[j] += round(each * round(b.values[k * bRow + j * bColumn]))
      }
      const scale = block === 0 ? keep : 1
      for (let j = 0; j < columns; j++) {
        const sum = factor * sums[j]
        c[i * columns + j] = scale === 0 ? sum : scale * c[i * columns + j] + sum
      }
    }
  }
}
