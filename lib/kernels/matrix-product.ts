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

/** Terms that are summed before their sum is added to C, lines of a panel, row panels of one part; as in assembly/matrix-product.ts. */
const [depth, lines, grain] = [256, 4, 16]

/**
 * C ← factor·A·B + keep·C, C row major with the rows of A and the columns of B; keep 0 does not read C. Every element sums its terms in order, in blocks of 256 whose sums
 * are added in order: the bits depend on neither the team nor the twin. Matrices in the memory of the kernels are read and written where they are.
 */
export function matrixProduct(c: Float64Array, a: Matrix, b: Matrix, factor = 1, keep = 0, team: Team = alone): void {
  if (!available) multiplyPlainly(c, a, b, factor, keep)
  else scratch((take) => multiply(c, a, b, factor, keep, team, take))
}

/** The address of numbers in the memory of the kernels, or of a copy of them there. */
function placed(values: Float64Array, take: Take): number {
  const address = addressOf(values)
  if (address !== undefined) return address
  const copy = take(Float64Array, values.length)
  copy.set(values)
  return copy.byteOffset
}

function multiply(c: Float64Array, a: Matrix, b: Matrix, factor: number, keep: number, team: Team, take: Take): void {
  const [rows, length, columns] = sizesOf(a, b)
  const left = packed(a, rows, length, a.transposed === true, team, take)
  const right = packed(b, columns, length, b.transposed !== true, team, take)
  const result = addressOf(c) === undefined ? take(Float64Array, c.length) : c
  if (result !== c && keep !== 0) result.set(c)
  team.each('multiplyPanels', Math.ceil(rows / lines), [result.byteOffset, left, right, rows, columns, length, factor, keep], grain)
  if (result !== c) c.set(result)
}

/** Panels of the rows, or columns, of a matrix: each is `count` lines of `length`. */
function packed({ values, columns }: Matrix, count: number, length: number, byColumns: boolean, team: Team, take: Take): number {
  const panels = Math.ceil(count / lines)
  const out = take(Float64Array, panels * lines * length)
  const [lineStride, stride] = byColumns ? [1, columns] : [columns, 1]
  team.each('packPanels', panels, [out.byteOffset, placed(values, take), count, lineStride, length, stride, panels])
  return out.byteOffset
}

function sizesOf(a: Matrix, b: Matrix): [rows: number, length: number, columns: number] {
  const [rows, length] = a.transposed ? [a.columns, a.rows] : [a.rows, a.columns]
  return [rows, length, b.transposed ? b.rows : b.columns]
}

export function multiplyPlainly(c: Float64Array, a: Matrix, b: Matrix, factor: number, keep: number): void {
  const [rows, length, columns] = sizesOf(a, b)
  const sums = new Float64Array(columns)
  const [aRow, aColumn] = a.transposed ? [1, a.columns] : [a.columns, 1]
  const [bRow, bColumn] = b.transposed ? [1, b.columns] : [b.columns, 1]
  for (let i = 0; i < rows; i++) {
    for (let block = 0; block < length; block += depth) {
      sums.fill(0)
      const end = Math.min(length, block + depth)
      for (let k = block; k < end; k++) {
        const each = a.values[i * aRow + k * aColumn]
        for (let j = 0; j < columns; j++) sums[j] += each * b.values[k * bRow + j * bColumn]
      }
      const scale = block === 0 ? keep : 1
      for (let j = 0; j < columns; j++) {
        const sum = factor * sums[j]
        c[i * columns + j] = scale === 0 ? sum : scale * c[i * columns + j] + sum
      }
    }
  }
}
