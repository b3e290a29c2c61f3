import { claims } from '../claims/index.ts'
import { printJson } from './output.ts'

/** `relax list`: the claims of the ledger. */
export function list({ json }: { json?: boolean }): void {
  const rows = claims.map(({ id, paper, title }) => ({ id, paper, title }))
  if (json === true) return printJson(rows)
  const widths = [Math.max(...rows.map(({ id }) => id.length)), Math.max(...rows.map(({ paper }) => paper.length))]
  for (const { id, paper, title } of rows) process.stdout.write(`${id.padEnd(widths[0])}  ${paper.padEnd(widths[1])}  ${title}\n`)
}
