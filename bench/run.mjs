import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { renderSvg } from 'deep-relaxation'
import { cases } from './cases/index.mjs'
import { ladders } from './cases/ladders.mjs'
import { workPrecision } from './engine/figure.mjs'
import { climb } from './engine/ladders.mjs'
import { lookAround, machine as describe } from './engine/machine.mjs'
import { measure } from './engine/rounds.mjs'

export { tableMarkdown, tableText } from './engine/table.mjs'

/**
 * @typedef {Awaited<ReturnType<typeof measure>>} Result
 * @typedef {Awaited<ReturnType<typeof climb>>} Growth
 * @typedef {{
 *   date: string, quick: boolean, machine: ReturnType<typeof describe>, versions: Record<string, string>, absent: Record<string, string>, cases: Result[], growth: Growth[],
 * }} Report
 */

/** Names of all cases, in order. */
export const names = [...cases.map(({ id }) => id), 'growth']

const efforts = { quick: { rounds: 2, repeatFor: 1e-3, warmFor: 1e-3 }, full: { rounds: 5, repeatFor: 0.02, warmFor: 0.5 } }

/**
 * Measures the chosen cases (all without a choice) against what the machine has of the peers.
 * @param {{ chosen?: readonly string[], quick?: boolean, signal?: AbortSignal, onProgress?: (text: string) => void }} [options]
 * @returns {Promise<Report>}
 */
export async function bench({ chosen = names, quick = false, signal, onProgress = () => {} } = {}) {
  const machine = lookAround()
  try {
    /** @type {Result[]} */
    const results = []
    for (const one of cases.filter(({ id }) => chosen.includes(id))) {
      results.push(await measure(one, machine, { quick, effort: quick ? efforts.quick : efforts.full, onProgress, ...(signal && { signal }) }))
    }
    /** @type {Growth[]} */
    const growth = []
    for (const ladder of chosen.includes('growth') ? ladders : []) {
      signal?.throwIfAborted()
      onProgress(`growth: ${ladder.name}`)
      growth.push(await climb(quick ? { ...ladder, sizes: [50, 200] } : ladder, quick ? efforts.quick : efforts.full))
    }
    return { date: new Date().toISOString(), quick, machine: describe(), versions: machine.versions, absent: machine.absent, cases: results, growth }
  } finally {
    machine.remove()
  }
}

/** Writes the report as JSON, under its date and as latest.json, and the figure beside it. Returns the path of the report. @param {string} folder @param {Report} report */
export function writeResults(folder, report) {
  mkdirSync(folder, { recursive: true })
  const text = `${JSON.stringify(report, undefined, 1)}\n`
  const path = join(folder, `${report.date.slice(0, 10)}.json`)
  for (const file of [path, join(folder, 'latest.json')]) writeFileSync(file, text)
  const figure = workPrecision(report)
  if (figure.panels.length > 0) writeFileSync(join(folder, 'work-precision.svg'), renderSvg(figure, { width: 1200 }))
  return path
}
