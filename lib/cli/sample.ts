import { extname } from 'node:path'
import type { Command } from 'commander'
import { integer, positive } from '../core/arguments.ts'
import type { Executor } from '../execution/executor.ts'
import type { Ensemble } from '../sde/ensemble.ts'
import { checkFile, writeFiles } from './files.ts'
import { interruptible } from './interruption.ts'
import { progressLine } from './progress-line.ts'
import { readNumber, readNumbers, readParameter } from './readers.ts'
import type { Reader } from './readers.ts'
import { sampleDocument, sampleLines } from './sample-summary.ts'
import type { SampleFlags } from './sample-summary.ts'
import type { Streams } from './streams.ts'
import { declareOption, declareRepeated } from './usage.ts'

const count: (least: number) => Reader<number> = (least) => (where, name, given) => integer(where, name, readNumber(where, name, given), least)

export function declareSample(program: Command, streams: Streams, finish: (code: number) => void): void {
  const command = program
    .command('sample')
    .description('Simulate paths of the overdamped Langevin equation dx = −∇f dt + √(2/beta) dW.')
  declareOption(command, '--potential <expression>', "f as an expression such as 'x^4/4 - a x^2', or a landscape such as double-well")
  declareRepeated(command, '--parameter <name=value>', 'value of a symbol of the expression', readParameter)
  declareOption(command, '--beta <b>', 'inverse temperature', readNumber)
  declareOption(command, '--dt <step>', 'length of the steps', readNumber)
  declareOption(command, '--time <t>', 'end time', readNumber)
  declareOption(command, '--paths <number>', 'independent paths (default 10000)', count(1))
  declareOption(command, '--initial <x,...>', 'the point that every path starts from (default 0)', readNumbers)
  declareOption(command, '--method <name>', 'euler-maruyama (default), leimkuhler-matthews, srk, mala or another of the catalogue that takes the equation')
  declareOption(command, '--seed <number>', 'seed of the noise (default 0)', count(0))
  declareOption(command, '--threads <number>', 'threads (default: as many as the machine has processors); the numbers do not depend on it', count(1))
  declareOption(command, '--out <file>', 'final points, paths × dim, as .npy, or with more as .npz')
  declareOption(command, '--plot <file>', 'histograms as .svg or .png')
  command.option('--json', 'print the summary as one JSON document')
  command.action(async (flags: SampleFlags) => {
    await sample(flags, streams)
    finish(0)
  })
}

const where = 'relax sample'

/** The simulation loads only here, so that help and bad usage answer at once. */
async function sample(flags: SampleFlags, { stdout, stderr }: Streams): Promise<void> {
  const [{ parametersOf, potentialOf }, { overdampedLangevin }, { simulate }, { threads }] = await Promise.all([
    import('./solve-inputs.ts'), import('../sde/overdamped-langevin.ts'), import('../sde/simulate.ts'), import('../execution/threads.ts'),
  ])
  const potential = potentialOf(where, flags.potential, { parameters: parametersOf(where, flags.parameter), ...(flags.initial && { dim: flags.initial.length }) })
  const equation = overdampedLangevin({ potential, beta: positive(where, '--beta', flags.beta) })
  if (flags.out !== undefined) await checkFile(where, '--out', flags.out, ['.npy', '.npz'])
  if (flags.plot !== undefined) await checkFile(where, '--plot', flags.plot, ['.svg', '.png'])
  const settings = {
    initial: flags.initial ?? new Array<number>(potential.dim).fill(0),
    dt: positive(where, '--dt', flags.dt),
    time: positive(where, '--time', flags.time),
    paths: flags.paths ?? 10_000,
    method: flags.method ?? 'euler-maruyama',
    seed: flags.seed ?? 0,
  }
  const executor: Executor = threads(flags.threads === undefined ? {} : { workers: flags.threads })
  const line = progressLine(stderr)
  const ensemble = await interruptible(async (signal) => {
    try {
      return await simulate(equation, {
        ...settings, executor, signal,
        onProgress: ({ activity, fraction, secondsLeft }) =>
          line.show(`sampling ${Math.round(100 * fraction)} %: ${activity}${secondsLeft === undefined ? '' : `; about ${Math.ceil(secondsLeft)} s left`}`),
      })
    } finally {
      line.clear()
      await executor.close()
    }
  })
  const files = new Map<string, Uint8Array>()
  if (flags.out !== undefined) files.set(flags.out, await arrayFile(flags.out, ensemble, settings))
  if (flags.plot !== undefined) files.set(flags.plot, await plotFile(flags.plot, ensemble, potential))
  await writeFiles(where, files)
  const document = sampleDocument(potential, flags, settings, ensemble)
  stdout.write(flags.json ? `${JSON.stringify(document)}\n` : `${sampleLines(document).join('\n')}\n`)
}

async function arrayFile(path: string, ensemble: Ensemble, { initial, time }: { initial: number[]; time: number }): Promise<Uint8Array> {
  const { npy, npz } = await import('../report/array-file.ts')
  const final = { shape: [ensemble.paths, ensemble.dim], data: ensemble.final.data }
  if (extname(path) === '.npy') return npy(final)
  return npz({ final, initial: { shape: [ensemble.dim], data: Float64Array.from(initial) }, time: { shape: [1], data: Float64Array.of(time) } })
}

async function plotFile(path: string, ensemble: Ensemble, { name, variables }: { name: string; variables?: readonly string[] }): Promise<Uint8Array> {
  const [{ draw }, { renderSvg }, { renderPng }] = await Promise.all([
    import('../report/draw.ts'), import('../figure/svg.ts'), import('../figure/png.ts'),
  ])
  const figure = draw(ensemble, { title: `sample: ${name}`, ...(variables && { axes: [...variables] }) })
  return extname(path) === '.png' ? renderPng(figure) : Buffer.from(renderSvg(figure))
}
