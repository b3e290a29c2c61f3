import type { Output } from './streams.ts'

/** Progress for people: a line that is rewritten on a terminal, now and then a new line elsewhere. */
export interface ProgressLine {
  /** Shows what is being done. Elsewhere than on a terminal at most once in `interval` seconds, unless `always`. */
  show(text: string, always?: boolean): void
  /** Prints a line that stays. */
  keep(text: string): void
  /** Removes the line from a terminal. */
  clear(): void
}

export function progressLine(stream: Output, interval = 2): ProgressLine {
  let last = -Infinity
  const clear = (): void => {
    if (stream.isTTY) stream.write('\r\u001b[K')
  }
  return {
    clear,
    show(text, always = false) {
      if (stream.isTTY) {
        const width = (stream.columns || 80) - 1
        stream.write(`\r\u001b[K${text.length > width ? `${text.slice(0, width - 1)}…` : text}`)
      } else if (always || performance.now() - last >= 1000 * interval) {
        stream.write(`${text}\n`)
        last = performance.now()
      }
    },
    keep(text) {
      clear()
      stream.write(`${text}\n`)
    },
  }
}
