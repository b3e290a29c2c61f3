import { ArgumentError } from '../core/errors.ts'
import { text } from '../core/arguments.ts'
import type { Claim, Verdict } from '../claims/claim.ts'
import { claims as ledger } from '../claims/index.ts'
import { checkTexts, controlText, decidingCheck } from './deciding.ts'
import { claimOf } from './page.ts'

/** The ledger as a Markdown table: id, title, verdict, measured, bound, control. */
export function ledgerMarkdown(verdicts: readonly Verdict[], claims: readonly Claim[] = ledger): string {
  const rows = verdicts.map((verdict) => {
    const check = decidingCheck(verdict)
    const texts = check === undefined ? { measured: '', bound: '' } : checkTexts(check, 'typeset')
    const measured = check === undefined ? '' : `${texts.measured} (${cell(check.name)})`
    const title = cell(claimOf('insertLedger', verdict, claims).title)
    return `| \`${verdict.id}\` | ${title} | ${verdict.verdict} | ${measured} | ${texts.bound} | ${controlText(verdict)} |`
  })
  return ['| claim | says | verdict | measured | bound | control |', '|---|---|---|---|---|---|', ...rows].join('\n')
}

/**
 * The README with the table between `<!-- ledger:begin -->` and `<!-- ledger:end -->` replaced; the rest of the text stays.
 * @throws ArgumentError when the markers are missing, repeated or in the wrong order, or a verdict belongs to none of the claims
 */
export function insertLedger(readme: string, verdicts: readonly Verdict[], claims: readonly Claim[] = ledger): string {
  return insert('insertLedger', readme, 'ledger', ledgerMarkdown(verdicts, claims))
}

/**
 * The README with the table of benchmarks, Markdown, between `<!-- bench:begin -->` and `<!-- bench:end -->` replaced.
 * @throws ArgumentError as insertLedger does for its markers
 */
export function insertBench(readme: string, table: string): string {
  return insert('insertBench', readme, 'bench', table)
}

function insert(where: string, readme: string, name: string, content: string): string {
  text(where, 'readme', readme)
  const markers = ['begin', 'end'].map((side) => `<!-- ${name}:${side} -->`)
  const [begin, end] = markers
  const [start, stop] = markers.map((marker) => readme.indexOf(marker))
  const once = markers.every((marker) => readme.split(marker).length === 2)
  if (!once || stop < start) throw new ArgumentError(`${where}: readme must be a text with one ${begin} before one ${end}, got none such`)
  return `${readme.slice(0, start + begin.length)}\n${content}\n${readme.slice(stop)}`
}

/** Text inside a cell of a Markdown table. */
function cell(content: string): string {
  return content.replace(/\s+/g, ' ').replace(/[\\|`*_<>[\]]/g, '\\$&')
}
