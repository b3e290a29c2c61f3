import { relative } from 'node:path'
import { styleText } from 'node:util'
import { claims } from '../claims/index.ts'
import type { Tier, Verdict } from '../claims/claim.ts'
import { verify as runClaims } from '../claims/verify.ts'
import { integer, oneOf } from '../core/arguments.ts'
import { ArgumentError } from '../core/errors.ts'
import { ledgerTable } from '../report/table.ts'
import { numeric } from './numbers.ts'
import { checkFolder, printJson } from './output.ts'
import { claimReporter } from './reporter.ts'

export interface VerifyFlags {
  paper?: string
  tier?: string
  seed?: string
  out?: string
  json?: boolean
}

/** `relax verify`: runs claims, prints the table, writes the report; true when no claim fails. */
export async function verify(ids: string[], flags: VerifyFlags, signal: AbortSignal): Promise<boolean> {
  const tier: Tier = oneOf('relax', '--tier', flags.tier ?? 'quick', ['quick', 'full'])
  const seed = flags.seed === undefined ? undefined : integer('relax', '--seed', numeric('--seed', flags.seed), 0)
  const chosen = choose(ids, flags.paper)
  const folder = flags.out ?? (flags.json === true ? undefined : 'report')
  if (folder !== undefined) await checkFolder('--out', folder)
  const reporter = claimReporter(chosen.length)
  const verdicts = await runClaims(chosen, { tier, ...(seed !== undefined && { seed }), signal, onProgress: reporter.report }).finally(reporter.end)
  if (flags.json === true) printJson(verdicts)
  else printTable(verdicts)
  if (folder !== undefined) {
    const { writeReport } = await import('../report/html.ts')
    const page = await writeReport(folder, verdicts)
    process[flags.json === true ? 'stderr' : 'stdout'].write(`\nThe report is at ${relative('.', page)}\n`)
  }
  return verdicts.every(({ verdict }) => verdict !== 'fails')
}

function choose(ids: string[], paper: string | undefined): string[] {
  const known = claims.map(({ id }) => id)
  for (const id of ids) oneOf('relax', 'claim', id, known)
  if (paper === undefined) return ids.length > 0 ? ids : known
  oneOf('relax', '--paper', paper, ['sgd', 'entropy-sgd', 'parle', 'deep-relaxation', 'sgd-vi'])
  const chosen = claims.filter((claim) => claim.paper === paper && (ids.length === 0 || ids.includes(claim.id))).map(({ id }) => id)
  if (chosen.length === 0) throw new ArgumentError(`relax: --paper must be the paper of a chosen claim, got ${paper}`)
  return chosen
}

function printTable(verdicts: Verdict[]): void {
  const colours = { heading: 'bold', holds: 'green', fails: 'red', reported: 'cyan' } as const
  const width = process.stdout.columns ?? 100
  const style = (text: string, role: keyof typeof colours): string => styleText(colours[role], text, { stream: process.stdout })
  process.stdout.write(`${ledgerTable(verdicts, { style, width }).join('\n')}\n`)
}
