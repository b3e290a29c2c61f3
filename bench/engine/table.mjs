/** @typedef {import('../run.mjs').Report} Report */
/** @typedef {import('./rounds.mjs').Row} Row */

/** The report as text for a terminal. @param {Report} report */
export function tableText(report) {
  const { machine, date, cases, absent, versions } = report
  const lines = [`${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, ${date}`, Object.entries(versions).map((pair) => pair.join(' ')).join(', ')]
  for (const [tool, install] of Object.entries(absent)) lines.push(`absent: ${tool} (${install})`)
  for (const { title, statement, measure, rows, growth } of cases) {
    lines.push('', title, statement, `error: ${measure}`)
    lines.push(...columns([headings, ...rows.map(cells)]))
    for (const { name, exponent, least, most } of growth ?? []) lines.push(`  ${name}: time grows as size^${exponent.toFixed(2)}, sizes ${count(least)} to ${count(most)}`)
  }
  return lines.join('\n')
}

/** The report as Markdown, for the README. @param {Report} report */
export function tableMarkdown({ machine, date, cases, absent }) {
  const rows = cases.flatMap(({ title, rows }) => rows.map((row) => [title, ...cells(row)]))
  const missing = Object.keys(absent).length === 0 ? '' : ` Not on that machine: ${Object.keys(absent).join(', ')}.`
  const growth = cases.flatMap(({ growth = [] }) => growth)
  return [
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, ${date.slice(0, 10)}; medians of rounds in turns, least to most in brackets.${missing}`,
    '',
    line(['workload', ...headings]),
    line(['workload', ...headings].map(() => '---')),
    ...rows.map(line),
    ...(growth.length === 0 ? [] : ['', line(['solver', 'time grows as', 'sizes']), line(['---', '---', '---']), ...growth.map(({ name, exponent, least, most }) => line([name, `size^${exponent.toFixed(2)}`, `${count(least)} to ${count(most)}`]))]),
  ].join('\n')
}

const headings = ['run', 'threads', 'time', 'error', 'ours takes longer by', 'memory']

/** @param {Row} row */
function cells({ by, name, setting, threads, seconds, error, ratios = {}, peakMemory }) {
  const who = `${by === 'ours' ? 'ours, ' : ''}${name}${setting === undefined ? '' : `, ${setting}`}`
  const against = Object.entries(ratios).map(([library, ratio]) => `${library} ${ratio.toPrecision(2)}×`).join(', ')
  return [
    who, `${threads}`, `${duration(seconds.median)} (${duration(seconds.least)} to ${duration(seconds.most)})`, Number.isNaN(error) ? '' : error.toExponential(1), against,
    peakMemory === undefined ? '' : `${Math.round(peakMemory / 2 ** 20)} MB`,
  ]
}

/** @param {number} seconds */
export function duration(seconds) {
  const [scale, unit] = seconds >= 1 ? [1, 's'] : seconds >= 1e-3 ? [1e3, 'ms'] : [1e6, 'µs']
  return `${Number((seconds * Number(scale)).toPrecision(3))} ${unit}`
}

/** @param {number} n */
const count = (n) => n.toLocaleString('en')

/** @param {readonly string[]} row */
const line = (row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`

/** @param {readonly (readonly string[])[]} rows */
function columns(rows) {
  const widths = rows[0].map((_, k) => Math.max(...rows.map((row) => row[k].length)))
  return rows.map((row) => `  ${row.map((cell, k) => cell.padEnd(widths[k])).join('  ')}`.trimEnd())
}
