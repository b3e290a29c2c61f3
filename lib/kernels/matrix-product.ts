import { kernels, scratch, sharesMemory } from './machine.ts'

interface Products {
  packPanels(from: number, to: number, out: number, a: number, lines: number, lineStride: number, length: number, stride: number, panels: number): void
  multiplyPanels(from: number, to: number, c: number, a: number, b: number, rows: number, columns: number, length: number, factor: number, keep: number): void
}
