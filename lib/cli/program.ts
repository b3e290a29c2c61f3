import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { Cancelled, RelaxationError } from '../core/errors.ts'
import { declareBench } from './bench.ts'
import { declareList } from './list.ts'
import { declareSample } from './sample.ts'
import { declareSolve } from './solve.ts'
import type { Streams } from './streams.ts'
import { usageError } from './usage.ts'
import { declareVerify } from './verify.ts'

/** Exit codes: 0 all well, 1 a claim or a computation fails, 2 bad usage, 130 interrupted. */
const exitCodes = { argument: 2, file: 2, divergence: 1, cancelled: 130 } as const

/** Runs a command line and returns its exit code. Errors are one line on standard error. */
export async function run(argv: readonly string[], streams: Streams = process): Promise<number> {
  let code = 0
  const program = declareProgram(streams, (finished) => {
    code = finished
  })
  try {
    if (argv.length === 0) program.outputHelp()
    else await program.parseAsync(argv, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    return fail(error, streams)
  }
}

function declareProgram(streams: Streams, finish: (code: number) => void): Command {
  const program = new Command('relax')
    .description('Numerical PDE and SDE solvers that hold the theorems of Deep Relaxation to account.')
    .version(version())
    .helpCommand(false)
    .addHelpText('after', '\nExit codes: 0 all well, 1 a claim fails, 2 bad usage, 130 interrupted.')
  for (const declare of [declareVerify, declareList, declareSolve, declareSample, declareBench]) declare(program, streams, finish)
  for (const command of [program, ...program.commands]) {
    command.showSuggestionAfterError(false)
    command.configureOutput({ writeOut: (text) => void streams.stdout.write(text), writeErr: () => {}, outputError: () => {} })
    command.exitOverride((error) => {
      throw usageError(program, command, error)
    })
  }
  return program
}

function fail(error: unknown, { stderr }: Streams): number {
  if (!(error instanceof RelaxationError)) {
    stderr.write(`relax: unexpected error, please report it: ${error instanceof Error ? error.stack : String(error)}\n`)
    return 1
  }
  const message = error instanceof Cancelled ? `relax: interrupted (${error.message})` : error.message
  stderr.write(`${message.replace(/\s*\n\s*/g, ' ')}\n`)
  return exitCodes[error.tag]
}

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
  return version
}
