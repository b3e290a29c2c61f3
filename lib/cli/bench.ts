import type { Command } from 'commander'
import { oneOf } from '../core/arguments.ts'
import { Cancelled } from '../core/errors.ts'
import { checkFolder } from './files.ts'
import { interruptible } from './interruption.ts'
import { progressLine } from './progress-line.ts'
import type { Streams } from './streams.ts'
import { declareOption } from './usage.ts'

interface BenchFlags {
  quick?: boolean
  out?: string
  json?: boolean
}

/** What bench/run.mjs exports; it is no part of lib, and comes with the package. */
interface Bench {
  names: readonly string[]
  bench(options: { chosen: readonly string[]; quick: boolean; signal: AbortSignal; onProgress: (text: string) => void }): Promise<unknown>
  tableText(report: unknown): string
  writeResults(folder: string, report: unknown): string
}

export function declareBench(program: Command, streams: Streams, finish: (code: number) => void): void {
  const command = program
    .command('bench')
    .description('Time the solvers side by side with C, NumPy, SciPy, numba and torch, as far as the machine has them.')
    .argument('[case...]', 'cases to run, or the beginnings of their names (w1, w2, …, growth, start-up); all of them by default')
  command.option('--quick', 'tiny sizes that take seconds, to see that all works')
  declareOption(command, '--out <folder>', 'write the results as JSON and the figure of error against time')
  command.option('--json', 'print the results as one JSON document')
  command.action(async (cases: string[], flags: BenchFlags) => finish(await runBench(cases, flags, streams)))
}

async function runBench(cases: string[], { quick = false, out, json }: BenchFlags, { stdout, stderr }: Streams): Promise<number> {
  const { names, bench, tableText, writeResults } = (await import(new URL('../../bench/run.mjs', import.meta.url).href)) as Bench
  const chosen = cases.length === 0 ? names : cases.flatMap((given) => {
    const begun = names.filter((name) => name === given || name.startsWith(`${given}-`))
    return begun.length > 0 ? begun : [oneOf('relax bench', 'case', given, names)]
  })
  if (out !== undefined) await checkFolder('relax bench', '--out', out)
  const line = progressLine(stderr)
  const report = await interruptible(async (signal) => {
    try {
      return await bench({ chosen, quick, signal, onProgress: (text) => line.show(text) })
    } catch (error) {
      throw signal.aborted ? new Cancelled('relax bench: cancelled', undefined) : error
    } finally {
      line.clear()
    }
  })
  const path = out === undefined ? undefined : writeResults(out, report)
  stdout.write(json ? `${JSON.stringify(report)}\n` : `${tableText(report)}\n${path === undefined ? '' : `\nresults: ${path}\n`}`)
  return 0
}
