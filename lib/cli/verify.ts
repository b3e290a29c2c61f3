import { styleText } from 'node:util'
import type { Command } from 'commander'
import type { Claim, Tier, Verdict } from '../claims/claim.ts'
import type { VerifyProgress } from '../claims/verify.ts'
import { integer, oneOf } from '../core/arguments.ts'
import type { Role } from '../report/table.ts'
import { checkFolder } from './files.ts'
import { interruptible } from './interruption.ts'
import { progressLine } from './progress-line.ts'
import { readNumber } from './readers.ts'
import type { Output, Streams } from './streams.ts'
import { declareOption } from './usage.ts'

interface VerifyFlags {
  paper?: string
  tier?: Tier
  seed?: number
  threads?: number
  out?: string
  json?: true
}

export function declareVerify(program: Command, streams: Streams, finish: (code: number) => void): void {
  const command = program
    .command('verify')
    .description('Run claims and their controls, print the ledger and write the report.')
    .argument('[id...]', 'claims to run (relax list names them); all of them by default')
  declareOption(command, '--paper <paper>', 'run the claims of one paper')
  declareOption(command, '--tier <tier>', 'quick (default) or full', (where, name, given) => oneOf(where, name, given, ['quick', 'full']))
  declareOption(command, '--seed <number>', "replace the claims' own seeds", (where, name, given) => integer(where, name, readNumber(where, name, given), 0))
  declareOption(command, '--threads <number>', 'claims that run side by side (default: as many as the machine has processors)',
    (where, name, given) => integer(where, name, readNumber(where, name, given), 1))
  declareOption(command, '--out <folder>', 'folder of the report (default report; with --json no report is written unless this is given)')
  command.option('--json', 'print the verdicts as one JSON document')
  command.action(async (ids: string[], flags: VerifyFlags) => finish(await verifyClaims(ids, flags, streams)))
}

async function verifyClaims(ids: string[], flags: VerifyFlags, { stdout, stderr }: Streams): Promise<number> {
  const { claims, verify, ledgerTable, writeReport, threads } = await load()
  const folder = flags.out ?? (flags.json ? undefined : 'report')
  const chosen = chooseClaims(ids, flags.paper, claims)
  if (folder !== undefined) await checkFolder('relax verify', '--out', folder)
  const { tier = 'quick', seed } = flags
  const progress = claimProgress(stderr, chosen === 'all' ? claims.length : new Set(chosen).size)
  const start = performance.now()
  const executor = threads(flags.threads === undefined ? {} : { workers: flags.threads })
  const verdicts = await interruptible(async (signal) => {
    try {
      return await verify(chosen, { tier, signal, executor, ...(seed !== undefined && { seed }), onProgress: progress.report })
    } finally {
      progress.end()
      await executor.close()
    }
  })
  const page = folder === undefined ? undefined : await writeReport(folder, verdicts, claims)
  if (flags.json) stdout.write(`${JSON.stringify(verdicts)}\n`)
  else {
    const rows = ledgerTable(verdicts, { style: painter(stdout), width: stdout.columns || 100 })
    stdout.write(`${rows.join('\n')}\n\n${summary(verdicts)}, ${((performance.now() - start) / 1000).toFixed(1)} s\nreport: ${page}\n`)
  }
  return verdicts.some(({ verdict }) => verdict === 'fails') ? 1 : 0
}

/** Shows which claims are run, for how long, what they are doing and the time left; a line stays for each verdict. */
function claimProgress(stream: Output, count: number): { report: (progress: VerifyProgress) => void; end: () => void } {
  const line = progressLine(stream)
  const paint = painter(stream)
  const begun = new Set<string>()
  let done = 0
  return {
    end: line.clear,
    report({ claim, tier, elapsed, activity, fraction, verdict, secondsLeft }) {
      const text = `[${done + 1}/${count}] ${claim} (${tier}) ${elapsed.toFixed(1)} s`
      const left = secondsLeft === undefined ? '' : `; all in about ${Math.ceil(secondsLeft)} s`
      if (verdict === undefined) line.show(`${text}: ${activity}, ${Math.round(100 * fraction)} %${left}`, !begun.has(claim))
      else {
        line.keep(`${text}: ${paint(verdict.verdict, verdict.verdict === 'fails' ? 'fails' : 'holds')}`)
        done++
      }
      begun.add(claim)
    },
  }
}

/** The solvers and the report load only for a command that needs them, so that help and bad usage answer at once. */
async function load() {
  const [{ claims }, { verify }, { ledgerTable }, { writeReport }, { threads }] = await Promise.all([
    import('../claims/index.ts'), import('../claims/verify.ts'), import('../report/table.ts'), import('../report/html.ts'), import('../execution/threads.ts'),
  ])
  return { claims, verify, ledgerTable, writeReport, threads }
}

function chooseClaims(ids: string[], paper: string | undefined, claims: readonly Claim[]): string[] | 'all' {
  if (paper === undefined) return ids.length > 0 ? ids : 'all'
  const chosen = oneOf('relax verify', '--paper', paper, [...new Set(claims.map((claim) => claim.paper))])
  const own = claims.filter((claim) => claim.paper === chosen).map((claim) => claim.id)
  return ids.length > 0 ? ids.map((id) => oneOf('relax verify', `a claim of ${chosen}`, id, own)) : own
}

function summary(verdicts: readonly Verdict[]): string {
  const failing = verdicts.filter(({ verdict }) => verdict === 'fails').length
  const claims = `${verdicts.length} claim${verdicts.length === 1 ? '' : 's'}`
  return failing === 0 ? `${claims}, none fails` : `${claims}, ${failing} fail${failing === 1 ? 's' : ''}`
}

function painter(stream: Output): (text: string, role: Role) => string {
  const colors = { heading: 'bold', holds: 'green', fails: 'red', reported: 'yellow' } as const
  return (text, role) => styleText(colors[role], text, { stream })
}
