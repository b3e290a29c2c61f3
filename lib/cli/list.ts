import type { Command } from 'commander'
import type { Streams } from './streams.ts'

export function declareList(program: Command, streams: Streams, finish: (code: number) => void): void {
  program
    .command('list')
    .description('List the claims: id, paper, title.')
    .option('--json', 'print one JSON document')
    .action(async ({ json }: { json?: true }) => {
      const { claims } = await import('../claims/index.ts')
      const rows = claims.map(({ id, paper, title }) => ({ id, paper, title }))
      if (json) streams.stdout.write(`${JSON.stringify(rows)}\n`)
      else {
        const [ids, papers] = [rows.map((row) => row.id), rows.map((row) => row.paper)].map((column) => Math.max(...column.map((cell) => cell.length)))
        for (const { id, paper, title } of rows) streams.stdout.write(`${id.padEnd(ids)}  ${paper.padEnd(papers)}  ${title}\n`)
      }
      finish(0)
    })
}
