import { options, refuse } from '../core/arguments.ts'
import type { Claim, Verdict } from '../claims/claim.ts'
import { claims as ledger } from '../claims/index.ts'
import { renderPng } from '../figure/png.ts'
import { renderSvg } from '../figure/svg.ts'
import { publish } from './files.ts'
import { claimOf, reportPage } from './page.ts'

export interface ReportOptions {
  /** The date in the report, default now. */
  date?: Date
}

/**
 * Writes `index.html`, which opens from disk without server or network, and `figures/<id>.svg` and `.png` into a folder (made if missing),
 * and returns the path of the page. All or nothing: the files are written aside and renamed into place. Other files in the folder stay.
 * @throws ArgumentError when a verdict belongs to none of the claims or cannot be shown; FileError when the folder is not writable
 */
export async function writeReport(
  folder: string, verdicts: readonly Verdict[], claims: readonly Claim[] = ledger, given: ReportOptions = {},
): Promise<string> {
  options('writeReport', given, ['date'])
  const date = given.date ?? new Date()
  if (!(date instanceof Date) || Number.isNaN(date.getTime())) refuse('writeReport', 'date', 'a valid Date', given.date)
  if (typeof folder !== 'string' || folder === '') refuse('writeReport', 'folder', 'a non-empty string', folder)
  if (!Array.isArray(verdicts) || verdicts.length === 0) refuse('writeReport', 'verdicts', 'a list of at least one verdict', verdicts)
  const ids = verdicts.map((verdict: Verdict) => claimOf('writeReport', verdict, claims).id)
  // An id is a file's name and a link's target.
  ids.forEach((id) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(id) || refuse('writeReport', "a claim's id", 'in kebab-case', id))
  if (new Set(ids).size < ids.length) refuse('writeReport', 'verdicts', 'one for each claim', ids)
  const files = new Map<string, string | Uint8Array>()
  const drawn = verdicts.map(({ id, figure }: Verdict) => {
    const wide = renderSvg(figure)
    files.set(`figures/${id}.svg`, wide)
    files.set(`figures/${id}.png`, renderPng(figure))
    return { wide, narrow: renderSvg({ ...figure, columns: 1 }, { width: 420 }) }
  })
  files.set('index.html', reportPage(verdicts, claims, drawn, { date, nodeVersion: process.version }))
  return publish('writeReport', folder, files)
}
