/** @typedef {import('./rounds.mjs').Row} Row */

const columns = 3
const floor = 1e-17

/**
 * Error against time, a panel a workload, a colour each name and number of threads. An exact result is drawn at 1e−17; one that is not finite is left out.
 * @param {import('../run.mjs').Report} report
 * @returns {import('deep-relaxation').Figure}
 */
export function workPrecision({ machine, cases, date }) {
  const shown = cases.filter(({ rows }) => rows.some(hasError))
  return {
    title: 'Error against time',
    caption: `${machine.cpu}, Node ${machine.node}, ${date.slice(0, 10)}; medians of rounds in turns.`,
    columns: Math.min(columns, shown.length),
    panels: shown.map(({ id, rows, measure }) => ({
      title: id,
      x: { label: 'time / s', type: 'log' },
      y: { label: measure === undefined || measure.length > 40 ? 'error' : measure, type: 'log' },
      marks: groups(rows).map(({ label, points }) => ({
        kind: /** @type {const} */ ('points'), x: points.map(({ seconds }) => seconds.median), y: points.map(({ error }) => Math.max(Number(error), floor)), label,
      })),
    })),
  }
}

/** In JSON, NaN has become null. @param {Row} row */
const hasError = ({ error }) => typeof error === 'number' && error >= 0

/** @param {readonly Row[]} rows */
function groups(rows) {
  const shown = rows.filter(hasError).map((row) => ({ row, label: `${row.by === 'ours' ? 'ours' : row.name.split(',')[0]}, ${row.threads}` }))
  return [...new Set(shown.map(({ label }) => label))].map((label) => ({ label, points: shown.filter((one) => one.label === label).map(({ row }) => row) }))
}
