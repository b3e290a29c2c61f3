/*
 * The binary format of WebAssembly (core specification 2.0, chapter 5), as far as a module with one function on two doubles at a time needs it.
 */

export type Bytes = readonly number[]

/** Types of values. */
export const types = { i32: 0x7f, v128: 0x7b } as const

/** LEB128 of a non-negative integer. */
export function unsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  return [...bytes, rest]
}

/** LEB128 of a 32-bit integer. */
export function signed(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest < -64 || rest > 63; rest >>= 7) bytes.push((rest & 127) | 128)
  return [...bytes, rest & 127]
}

const simd = (code: number): Bytes => [0xfd, ...unsigned(code)]

/** Instructions without operands of their own. */
export const instructions = {
  end: [0x0b], i32Add: [0x6a], i32Less: [0x49], i32ShiftLeft: [0x74], i32Multiply: [0x6c],
  equal: simd(71), unequal: simd(72), less: simd(73), lessOrEqual: simd(75), and: simd(78), or: simd(80), bitselect: simd(82),
  ceil: simd(116), floor: simd(117), truncate: simd(122), abs: simd(236), negate: simd(237), sqrt: simd(239),
  add: simd(240), subtract: simd(241), multiply: simd(242), divide: simd(243), pmin: simd(246), pmax: simd(247), greaterOrEqual: simd(76),
} as const satisfies Record<string, Bytes>

export const getLocal = (index: number): Bytes => [0x20, ...unsigned(index)]
export const setLocal = (index: number): Bytes => [0x21, ...unsigned(index)]
export const teeLocal = (index: number): Bytes => [0x22, ...unsigned(index)]
export const i32Constant = (value: number): Bytes => [0x41, ...signed(value)]
export const call = (index: number): Bytes => [0x10, ...unsigned(index)]
export const openLoop: Bytes = [0x03, 0x40]
export const repeatIf: Bytes = [0x0d, 0]
/** Two doubles at an address, aligned to 8 bytes. */
export const load: Bytes = [...simd(0), 3, 0]
export const store: Bytes = [...simd(11), 3, 0]

const view = new DataView(new ArrayBuffer(16))
const lanes = new Uint8Array(view.buffer)

/** A double in both lanes. */
export function constant(value: number): Bytes {
  view.setFloat64(0, value, true)
  view.setFloat64(8, value, true)
  return [...simd(12), ...lanes]
}

/** A function from another module: takes `parameters` pairs of doubles and returns one, or takes nothing and returns a 32-bit integer. */
export interface Import {
  name: string
  parameters: number
}

/** One function, exported as `run`, of 32-bit integers that returns one; imports come before it in the numbering of calls. */
export interface Definition {
  imports: readonly Import[]
  parameters: number
  /** 32-bit integers and pairs of doubles after the parameters. */
  integers: number
  pairs: number
  body: readonly number[]
}

/** The bytes of a module that imports env.memory, shared, and functions.name. */
export function encodeModule({ imports, parameters, integers, pairs, body }: Definition): Uint8Array<ArrayBuffer> {
  const signature = (given: number[], result: number): Bytes => [0x60, ...vector(given.map((type) => [type])), 1, result]
  const signatures = [
    ...imports.map(({ parameters: count }) => (count === 0 ? signature([], types.i32) : signature(Array<number>(count).fill(types.v128), types.v128))),
    signature(Array<number>(parameters).fill(types.i32), types.i32),
  ]
  const memory = [...text('env'), ...text('memory'), 2, 3, ...unsigned(1), ...unsigned(65536)]
  const locals = vector([[...unsigned(integers), types.i32], [...unsigned(pairs), types.v128]])
  const code = concatenated([locals, body, instructions.end])
  return new Uint8Array(concatenated([
    [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(1, vector(signatures)),
    section(2, vector([memory, ...imports.map(({ name }, index) => [...text('functions'), ...text(name), 0, ...unsigned(index)])])),
    section(3, vector([unsigned(imports.length)])),
    section(7, vector([[...text('run'), 0, ...unsigned(imports.length)]])),
    section(10, vector([concatenated([unsigned(code.length), code])])),
  ]))
}

/** In a loop, because spreading is slow for long code. */
function concatenated(parts: readonly Bytes[]): number[] {
  const bytes: number[] = []
  for (const part of parts) for (let i = 0; i < part.length; i++) bytes.push(part[i])
  return bytes
}

function vector(entries: readonly Bytes[]): number[] {
  return concatenated([unsigned(entries.length), ...entries])
}

function section(id: number, content: Bytes): number[] {
  return concatenated([[id], unsigned(content.length), content])
}

function text(name: string): number[] {
  return [...unsigned(name.length), ...Array.from(name, (letter) => letter.charCodeAt(0))]
}
