import type { Verdict } from '../claims/claim.ts'
import { checkTexts, controlText, decidingCheck } from './deciding.ts'

/** What a text in the table stands for; the caller colours it. */
export type Role = 'heading' | 'holds' | 'fails' | 'reported'

export interface TableOptions {
  /** Colours a text; it must not change how wide the text is shown. Default: none. */
  style?: (text: string, role: Role) => string
  /** Columns of the terminal, default 100. */
  width?: number
}

const gap = 2

/** The ledger as lines of plain text: id, verdict, measured (number and name of the deciding check), bound, control. */
export function ledgerTable(verdicts: readonly Verdict[], { style = (text) => text, width = 100 }: TableOptions = {}): string[] {
  const headings = ['claim', 'verdict', 'measured', 'bound', 'control']
  const rows = verdicts.map((verdict) => {
    const check = decidingCheck(verdict)
    const texts = check === undefined ? { measured: '', bound: '' } : checkTexts(check, 'plain')
    return { verdict, name: check?.name ?? '', cells: [verdict.id, verdict.verdict, texts.measured, texts.bound, controlText(verdict)] }
  })
  const widths = headings.map((heading, k) => Math.max(heading.length, ...rows.map(({ cells }) => length(cells[k]))))
  const numbers = widths[2]
  // The names of the checks take the room that is left.
  const left = width - widths.reduce((sum, cell) => sum + cell, 0) - gap * (widths.length - 1)
  const longest = Math.max(0, ...rows.map(({ name }) => length(name)))
  const names = left >= 9 ? Math.min(left - 1, longest) : 0
  if (names > 0) widths[2] += 1 + names
  const line = (cells: string[], paint: (text: string, k: number) => string): string =>
    cells.map((cell, k) => paint(cell, k) + ' '.repeat(Math.max(0, widths[k] - length(cell)))).join(' '.repeat(gap)).trimEnd()
  const heading = line(headings, (text) => style(text, 'heading'))
  return [heading, ...rows.map(({ verdict, name, cells }) => {
    const measured = names > 0 ? `${cells[2].padStart(numbers)} ${cut(name, names)}` : cells[2]
    return line([cells[0], cells[1], measured, cells[3], cells[4]], (text, k) =>
      k === 1 ? style(text, roleOf(verdict)) : k === 4 && verdict.control !== null ? style(text, verdict.control.failed ? 'holds' : 'fails') : text)
  })]
}

export function roleOf({ verdict }: Verdict): Role {
  return verdict === 'fails' ? 'fails' : verdict === 'reported' ? 'reported' : 'holds'
}

function length(text: string): number {
  return [...text].length
}

function cut(text: string, width: number): string {
  const characters = [...text]
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('').trimEnd()}…`
}
