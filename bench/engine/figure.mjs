/** @typedef {import('./rounds.mjs').Row} Row */

const columns = 3
const floor = 1e-17

/**
 * Error against time, a panel a workload; runs of one name and number of threads are joined. An exact result is drawn at 1e−17.
 * @param {import('../run.mjs').Report} report
 * @returns {import('deep-relaxation').Figure}
 */
export function workPrecision({ machine, cases, date }) {
  const shown = cases.filter(({ rows }) => rows.some(({ error }) => Number(error) >= 0))
  return {
    title: 'Error against time',
    caption: `${machine.cpu}, Node ${machine.node}, ${date.slice(0, 10)}; medians of rounds in turns.`,
    columns: Math.min(columns, shown.length),
    panels: shown.map(({ id, rows, measure }) => ({
      title: id,
      x: { label: 'time / s', type: 'log' },
      y: { label: measure === undefined || measure.length > 40 ? 'error' : measure, type: 'log' },
      marks: curves(rows).map(({ label, points, ours }) => ({
        kind: /** @type {const} */ ('line'), x: points.map(({ seconds }) => seconds.median), y: points.map(({ error }) => Math.max(Number(error), floor)), label, dashed: !ours,
      })),
    })),
  }
}

/** @param {readonly Row[]} rows */
function curves(rows) {
  const shown = rows.filter(({ error }) => Number(error) >= 0).map((row) => ({ row, label: `${row.by === 'ours' ? 'ours' : row.name.split(',')[0]}, ${row.threads}` }))
  return [...new Set(shown.map(({ label }) => label))].map((label) => {
    const points = shown.filter((one) => one.label === label).map(({ row }) => row).toSorted((a, b) => a.seconds.median - b.seconds.median)
    return { label, points, ours: points[0].by === 'ours' }
  })
}
