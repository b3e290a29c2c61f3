import { existsSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { start } from './contestants.mjs'
import { median } from './statistics.mjs'

const folder = join(import.meta.dirname, '..')

/**
 * One line of a result: a contestant, its time, and its error against the reference.
 * @typedef {{
 *   by: 'ours' | 'C' | 'Python', name: string, threads: number, setting?: string, seconds: { median: number, least: number, most: number, rounds: number[] },
 *   error?: number, peakMemory?: number, ratios?: Record<string, number>,
 * }} Row
 * @typedef {{ rounds: number, repeatFor: number, warmFor: number }} Effort
 */

/**
 * Runs all contestants of a case in turns: each once a round, after warm-up, in an order that turns round every other time. Runs shorter than `repeatFor` seconds are
 * repeated. Starting, compiling and the making of the initial data are not timed.
 * @param {import('../cases/index.mjs').Case} one
 * @param {import('./machine.mjs').Machine} machine
 * @param {{ quick: boolean, effort: Effort, signal?: AbortSignal, onProgress: (text: string) => void }} options
 */
export async function measure(one, machine, { quick, effort, signal, onProgress }) {
  const parameters = one.parameters(quick)
  onProgress(`${one.id}: reference`)
  const errorOf = await one.reference?.(parameters)
  const { groups, absent } = await startAll(one, parameters, machine, signal)
  try {
    const runners = groups.flatMap(({ by, contestants }) => contestants.entries.map((entry, index) => ({ by, contestants, entry, index, repetitions: 1, rounds: /** @type {number[]} */ ([]), error: /** @type {number | undefined} */ (undefined) })))
    for (const runner of runners) {
      signal?.throwIfAborted()
      onProgress(`${one.id}: warming up ${runner.entry.name}`)
      await warmUp(runner, effort)
      if (errorOf !== undefined) runner.error = errorOf(await resultOf(runner))
    }
    for (let round = 0; round < effort.rounds; round++) {
      onProgress(`${one.id}: round ${round + 1} of ${effort.rounds}`)
      for (const runner of round % 2 === 0 ? runners : runners.toReversed()) {
        signal?.throwIfAborted()
        const { seconds } = await runner.contestants.ask(`run ${runner.index} ${runner.repetitions}`)
        runner.rounds.push(Number(seconds))
      }
    }
    const rows = runners.map(({ by, contestants, entry, rounds, error }) => {
      const peakMemory = contestants.peakMemory()
      /** @type {Row} */
      const row = { by, ...entry, seconds: { median: median(rounds), least: Math.min(...rounds), most: Math.max(...rounds), rounds }, ...(error !== undefined && { error }), ...(peakMemory !== undefined && { peakMemory }) }
      return row
    })
    for (const row of rows.filter(({ by }) => by === 'ours')) row.ratios = ratiosOf(row, rows)
    return { id: one.id, title: one.title(parameters), statement: one.statement, ...(one.measure !== undefined && { measure: one.measure }), parameters, rows, absent }
  } finally {
    if (!signal?.aborted) await Promise.all(groups.map(({ contestants }) => contestants.end()))
  }
}

/** @param {import('../cases/index.mjs').Case} one @param {Record<string, number>} parameters @param {import('./machine.mjs').Machine} machine @param {AbortSignal} [signal] */
async function startAll(one, parameters, machine, signal) {
  const json = JSON.stringify(parameters)
  /** @type {string[]} */
  const absent = []
  const has = (/** @type {import('./machine.mjs').Tool} */ tool) => tool in machine.versions || (absent.push(tool), false)
  const groups = [{ by: /** @type {Row['by']} */ ('ours'), contestants: await start(process.execPath, [join(folder, 'engine', 'serve.mjs'), one.id, json], signal) }]
  if (one.c !== undefined && has('gcc') && (one.c.needs === undefined || has(one.c.needs))) {
    groups.push({ by: 'C', contestants: await start(/** @type {string} */ (machine.compile(one.c.source)), one.c.args(parameters), signal) })
  }
  if (one.python !== undefined && has('numpy') && (one.python.needs === undefined || has(one.python.needs))) {
    groups.push({ by: 'Python', contestants: await start(machine.python, [join(folder, 'peers', 'python', one.python.source), json], signal) })
  }
  return { groups, absent }
}

/**
 * Runs until `warmFor` seconds have passed, at least twice unless one run takes that long, and sets how often a run is repeated.
 * @param {{ contestants: import('./contestants.mjs').Contestants, index: number, repetitions: number }} runner @param {Effort} effort
 */
async function warmUp(runner, { repeatFor, warmFor }) {
  let last = 0
  for (let spent = 0; spent < warmFor; spent += last * runner.repetitions) {
    last = Math.max(1e-7, Number((await runner.contestants.ask(`run ${runner.index} ${runner.repetitions}`)).seconds))
    runner.repetitions = Math.max(1, Math.round(repeatFor / last))
  }
}

/** @param {{ contestants: import('./contestants.mjs').Contestants, index: number }} runner */
async function resultOf({ contestants, index }) {
  const path = join(tmpdir(), `bench-${process.pid}-${Math.random().toString(36).slice(2)}`)
  try {
    await contestants.ask(`save ${index} ${path}`)
    const bytes = readFileSync(path)
    return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
  } finally {
    if (existsSync(path)) rmSync(path)
  }
}

/**
 * How many times longer a row of ours takes than each library: the median over the rounds of the ratio to its fastest run with as many threads whose error is at most 1.5
 * times ours, or to its most accurate one where none is.
 * @param {Row} row
 * @param {readonly Row[]} rows
 */
function ratiosOf(row, rows) {
  const libraries = new Map(rows.filter(({ by }) => by !== 'ours').map((peer) => [libraryOf(peer), /** @type {Row[]} */ ([])]))
  for (const peer of rows) if (peer.by !== 'ours' && peer.threads === row.threads) libraries.get(libraryOf(peer))?.push(peer)
  /** @type {Record<string, number>} */
  const ratios = {}
  for (const [library, peers] of libraries) {
    if (peers.length === 0) continue
    const accurate = peers.filter(({ error }) => row.error === undefined || Number(error) <= 1.5 * row.error)
    const against = accurate.length > 0
      ? accurate.reduce((a, b) => (b.seconds.median < a.seconds.median ? b : a))
      : peers.reduce((a, b) => (Number(b.error) < Number(a.error) ? b : a))
    ratios[library] = median(row.seconds.rounds.map((seconds, k) => seconds / against.seconds.rounds[k]))
  }
  return ratios
}

/** A contestant's name up to the first comma: C, NumPy, SciPy, numba, torch 32 bits. @param {Row} row */
function libraryOf({ name }) {
  return name.split(',')[0]
}
