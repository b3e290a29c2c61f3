#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { Cancelled, RelaxationError } from '../core/errors.ts'
import { equationNames } from './names.ts'
import type { SolveFlags } from './solve.ts'
import type { VerifyFlags } from './verify.ts'

const interrupt = new AbortController()

function program(): Command {
  const relax = new Command('relax')
    .description('Numerical PDE solvers that hold the theorems of Deep Relaxation to account')
    .exitOverride()
    .showHelpAfterError('(relax --help lists the commands and options)')
  relax.command('verify [claims...]')
    .description('check claims of the ledger, each with its control, and write a report')
    .option('--paper <paper>', 'only claims of this paper: sgd, entropy-sgd, parle, deep-relaxation, sgd-vi')
    .option('--tier <tier>', 'quick (seconds a claim) or full (finer, more dimensions)', 'quick')
    .option('--seed <n>', "replaces the claims' own seeds")
    .option('--out <folder>', 'where the report goes (default: report; with --json none)')
    .option('--json', 'print one JSON document on standard output')
    .action(async (claims: string[], flags: VerifyFlags) => {
      const { verify } = await import('./verify.ts')
      if (!(await verify(claims, flags, interrupt.signal))) process.exitCode = 1
    })
  relax.command('list')
    .description('list the claims')
    .option('--json', 'print one JSON document on standard output')
    .action(async (flags: { json?: boolean }) => (await import('./list.ts')).list(flags))
  relax.command('solve <equation>')
    .description(`solve an equation on a grid: ${equationNames.join(', ')}`)
    .option('--potential <f>', 'an expression such as "x^2 + sin(y)", or the name of a landscape such as double-well')
    .option('--parameter <name=value>', 'a parameter of the expression (repeatable)', collect, [])
    .option('--grid <axis>', 'name=min:max:size, once for each variable, in their order', collect, [])
    .option('--boundary <b>', 'periodic, neumann, extrapolate or dirichlet=c, on every axis', 'extrapolate')
    .option('--beta <b>', 'inverse temperature')
    .option('--viscosity <v>', 'coefficient of Δu, in place of beta (hamilton-jacobi)')
    .option('--time <t>', 'smoothing time; also --gamma, or --scope for its inverse')
    .option('--gamma <t>', 'the same as --time')
    .option('--scope <s>', '1/time')
    .option('--scheme <s>', 'godunov or weno5 (hamilton-jacobi)')
    .option('--dt <dt>', 'a fixed step (hamilton-jacobi)')
    .option('--cfl <c>', 'Courant number of the steps (hamilton-jacobi)')
    .option('--save-at <times>', 'comma-separated times to keep (hamilton-jacobi)')
    .option('--out <file>', 'values as .npy, or with coordinates and saved times as .npz')
    .option('--plot <file>', 'a figure as .svg or .png')
    .option('--json', 'print one JSON document on standard output')
    .action(async (equation: string, flags: SolveFlags) => (await import('./solve.ts')).solve(equation, flags, interrupt.signal))
  for (const command of relax.commands) command.exitOverride().showHelpAfterError(false)
  return relax.version('0.1.0')
}

function collect(value: string, before: string[]): string[] {
  return [...before, value]
}

/** 0 all well, 1 a claim fails or the computation does, 2 bad usage, 130 interrupted. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof Cancelled) {
    process.stderr.write('relax: interrupted\n')
    return 130
  }
  if (error instanceof RelaxationError) {
    process.stderr.write(`${error.message}\n`)
    return error.tag === 'divergence' ? 1 : 2
  }
  throw error
}

// A reader that stops early (relax list | head -1) is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
}
process.once('SIGINT', () => interrupt.abort())

try {
  await program().parseAsync()
} catch (error) {
  process.exitCode = exitCodeOf(error)
}
