import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { FileError } from '../core/errors.ts'

/** Labelled samples for classification. */
export interface Dataset {
  readonly name: string
  readonly samples: number
  /** Inputs per sample. */
  readonly features: number
  readonly classes: number
  /** samples × features, row major. */
  readonly inputs: Float64Array
  /** One class 0 … classes − 1 a sample. */
  readonly labels: Uint8Array
  /** Extent of one input, rows then columns; its product is `features`. */
  readonly shape: readonly number[]
}

const rows = 1797
const pixels = 64
const greys = 16
const digitClasses = 10

let loaded: { inputs: Float64Array; labels: Uint8Array } | undefined

/**
 * Hand-written digits: 1797 images of 8×8 grey values scaled to [0, 1] and their labels 0 to 9 (Alpaydin & Kaynak 1998, UCI Optical
 * Recognition of Handwritten Digits, CC BY 4.0). Read once from the package's own copy; every call hands out its own arrays.
 * @throws FileError when the package's copy cannot be read or has been altered
 */
function digits(): Dataset {
  loaded ??= parseDigits(readDigits())
  return Object.freeze({
    name: 'digits',
    samples: rows,
    features: pixels,
    classes: digitClasses,
    inputs: loaded.inputs.slice(),
    labels: loaded.labels.slice(),
    shape: Object.freeze([8, 8]),
  })
}

/** The data sets that come with the package. */
export const datasets = Object.freeze({ digits })

function readDigits(): string {
  // The same file from lib/ and from the built dist/.
  const url = new URL('../../lib/network/data/digits.csv.gz', import.meta.url)
  try {
    return gunzipSync(readFileSync(url)).toString('latin1')
  } catch (error) {
    throw new FileError(`datasets.digits: ${fileURLToPath(url)} cannot be read: ${(error as Error).message}`)
  }
}

/**
 * Inputs and labels from lines of 64 grey values 0 to 16 and a label 0 to 9, comma separated.
 * @throws FileError naming the first line that is not so, or the number of lines
 */
export function parseDigits(csv: string): { inputs: Float64Array; labels: Uint8Array } {
  const lines = csv.trimEnd().split('\n')
  if (lines.length !== rows) throw new FileError(`datasets.digits: the file must have ${rows} lines, got ${lines.length}`)
  const inputs = new Float64Array(rows * pixels)
  const labels = new Uint8Array(rows)
  lines.forEach((line, i) => {
    const numbers = line.trimEnd().split(',').map((cell) => (/^\d{1,2}$/.test(cell) ? Number(cell) : NaN))
    const label = numbers[pixels]
    if (numbers.length !== pixels + 1 || !numbers.every((n) => n <= greys) || label >= digitClasses) {
      throw new FileError(`datasets.digits: line ${i + 1} must be 64 grey values 0 to 16 and a label 0 to 9, got ${line.slice(0, 40)}…`)
    }
    for (let k = 0; k < pixels; k++) inputs[i * pixels + k] = numbers[k] / greys
    labels[i] = label
  })
  return { inputs, labels }
}
