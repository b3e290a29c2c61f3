import { available, kernels, lease } from './machine.ts'
import { keyOf } from './philox.ts'
import { zigguratAddress } from './stream-normals.ts'
import { drawPathNormals, pair } from './ziggurat.ts'

interface Kernels {
  pathNormals(from: number, to: number, key0: number, key1: number, number: number, twins: number, word2: number, word3: number, table: number, even: number, odd: number): void
  halveSiblings(
    from: number, to: number, key0: number, key1: number, number: number, twins: number, word2: number, word3: number, table: number, width: number,
    even: number, evenLeft: number, evenRight: number, odd: number, oddLeft: number, oddRight: number,
  ): void
}

/** Different rows of an increment and its halves; the three may be one where nobody looks at what becomes of them. */
export interface Halving {
  whole: Float64Array
  left: Float64Array
  right: Float64Array
}

/** The normals of the paths of a walk, two to an address (number, word2, word3), and memory for what is made of them. */
export interface WalkNormals {
  /** Paths 2t and 2t + 1 of twin number i have the places 2i and 2i + 1 of a row, which is filled up to whole groups of eight. */
  readonly length: number
  /** Rows for each of `components`, one after the other. */
  rows(components: number): Float64Array
  /** Component c has the normals of word3 + c. */
  draw(number: number, word2: number, word3: number, even: Float64Array, odd: Float64Array): void
  /** left = whole/2 + width·normal, right = whole − left, of an even sibling with the first and an odd one with the second of the normals that `draw` gives. */
  halve(number: number, word2: number, word3: number, width: number, even: Halving, odd: Halving): void
  /** Gives the memory back. */
  release(): void
}

/** Paths in one group of the kernels. */
const group = 8

/** On the kernels where there is shared memory. `twins` are ⌊path/2⌋ of the paths. */
export function walkNormals(seed: number, tag: number, twins: ArrayLike<number>): WalkNormals {
  return available ? kernelNormals(seed, tag, twins) : plainNormals(seed, tag, twins)
}

export function kernelNormals(seed: number, tag: number, twins: ArrayLike<number>): WalkNormals {
  const [key0, key1] = keyOf(seed, tag)
  const { pathNormals, halveSiblings } = kernels<Kernels>()
  const { take, release } = lease()
  const groups = Math.ceil(twins.length / (group / 2))
  const length = groups * group
  const words = take(Uint32Array, length / 2)
  words.fill(0)
  words.set(twins)
  const at = words.byteOffset
  const table = zigguratAddress()
  return {
    length,
    // Rows are kept from beginning at the same place of a page, and of the first-level cache.
    rows: (components) => take(Float64Array, components * length + group).subarray(0, components * length),
    draw(number, word2, word3, even, odd) {
      for (let c = 0; c * length < even.length; c++) {
        const offset = 8 * c * length
        pathNormals(0, groups, key0, key1, number, at, word2, word3 + c, table, even.byteOffset + offset, odd.byteOffset + offset)
      }
    },
    halve(number, word2, word3, width, even, odd) {
      for (let c = 0; c * length < even.whole.length; c++) {
        const offset = 8 * c * length
        halveSiblings(
          0, groups, key0, key1, number, at, word2, word3 + c, table, width, even.whole.byteOffset + offset, even.left.byteOffset + offset, even.right.byteOffset + offset,
          odd.whole.byteOffset + offset, odd.left.byteOffset + offset, odd.right.byteOffset + offset,
        )
      }
    },
    release,
  }
}

export function plainNormals(seed: number, tag: number, twins: ArrayLike<number>): WalkNormals {
  const [key0, key1] = keyOf(seed, tag)
  const length = Math.ceil((2 * twins.length) / group) * group
  const each = (number: number, word2: number, word3: number, size: number, visit: (i: number) => void): void => {
    for (let i = 0; i < size; i++) {
      const place = i % length
      drawPathNormals(key0, key1, number, 2 * (twins[place >> 1] ?? 0) + (place & 1), word2, word3 + (i - place) / length)
      visit(i)
    }
  }
  const part = ({ whole, left, right }: Halving, i: number, change: number): void => {
    const parent = whole[i]
    const half = 0.5 * parent + change
    left[i] = half
    right[i] = parent - half
  }
  return {
    length,
    rows: (components) => new Float64Array(components * length),
    draw(number, word2, word3, even, odd) {
      each(number, word2, word3, even.length, (i) => {
        even[i] = pair[0]
        odd[i] = pair[1]
      })
    },
    halve(number, word2, word3, width, even, odd) {
      each(number, word2, word3, even.whole.length, (i) => {
        part(even, i, width * pair[0])
        part(odd, i, width * pair[1])
      })
    },
    release() {},
  }
}
