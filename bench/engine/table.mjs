/** @typedef {import('../run.mjs').Report} Report */
/** @typedef {import('./rounds.mjs').Row} Row */

/** The report as text for a terminal. @param {Report} report */
export function tableText(report) {
  const { machine, date, cases, growth, absent, versions } = report
  const lines = [`${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, ${date}`, Object.entries(versions).map((pair) => pair.join(' ')).join(', ')]
  for (const [tool, install] of Object.entries(absent)) lines.push(`absent: ${tool} (${install})`)
  for (const { title, statement, measure, rows } of cases) {
    lines.push('', title, statement, ...(measure === undefined ? [] : [`error: ${measure}`]))
    lines.push(...columns([headings, ...rows.map(cells)]))
  }
  if (growth.length > 0) lines.push('', 'Growth of the time', ...columns([growthHeadings, ...growth.map(growthCells)]))
  return lines.join('\n')
}

/** The report as Markdown, for the README. @param {Report} report */
export function tableMarkdown({ machine, date, cases, growth, absent }) {
  const rows = cases.flatMap(({ title, rows }) => rows.map((row) => [title, ...cells(row)]))
  const missing = Object.keys(absent).length === 0 ? '' : ` Not on that machine: ${Object.keys(absent).join(', ')}.`
  return [
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, ${date.slice(0, 10)}; medians of rounds in turns, least to most in brackets.${missing}`,
    '',
    line(['workload', ...headings]),
    line(['workload', ...headings].map(() => '---')),
    ...rows.map(line),
    ...(growth.length === 0 ? [] : ['', line(growthHeadings), line(growthHeadings.map(() => '---')), ...growth.map((one) => line(growthCells(one)))]),
  ].join('\n')
}

const headings = ['run', 'threads', 'time', 'error', 'ours takes longer by', 'memory']

/** @param {Row} row */
function cells({ by, name, setting, threads, seconds, error, ratios = {}, peakMemory }) {
  const who = `${by === 'ours' ? 'ours, ' : ''}${name}${setting === undefined ? '' : `, ${setting}`}`
  const against = Object.entries(ratios).map(([library, ratio]) => `${library} ${ratio.toPrecision(2)}×`).join(', ')
  return [
    who, `${threads}`, `${duration(seconds.median)} (${duration(seconds.least)} to ${duration(seconds.most)})`, error === undefined ? '' : Number.isFinite(error) ? error.toExponential(1) : 'not finite', against,
    peakMemory === undefined ? '' : `${Math.round(peakMemory / 2 ** 20)} MB`,
  ]
}

const growthHeadings = ['solver', 'time grows as', 'sizes', 'times']

/** @param {import('../run.mjs').Growth} growth */
function growthCells({ name, exponent, sizes, seconds }) {
  return [name, `size^${exponent.toFixed(2)}`, `${sizes[0].toLocaleString('en')} to ${sizes[sizes.length - 1].toLocaleString('en')}`, seconds.map(duration).join(', ')]
}

/** @param {number} seconds */
function duration(seconds) {
  const [scale, unit] = /** @type {[number, string]} */ (seconds >= 1 ? [1, 's'] : seconds >= 1e-3 ? [1e3, 'ms'] : [1e6, 'µs'])
  return `${Number((seconds * scale).toPrecision(3))} ${unit}`
}

/** @param {readonly string[]} row */
const line = (row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`

/** @param {readonly (readonly string[])[]} rows */
function columns(rows) {
  const widths = rows[0].map((_, k) => Math.max(...rows.map((row) => row[k].length)))
  return rows.map((row) => `  ${row.map((cell, k) => cell.padEnd(widths[k])).join('  ')}`.trimEnd())
}
