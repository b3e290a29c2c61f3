// The toolkit as a contestant: node serve.mjs CASE PARAMETERS, see contestants.mjs.
import { writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { cases } from '../cases/index.mjs'

const [id, parameters] = process.argv.slice(2)
const runs = await /** @type {import('../cases/index.mjs').Case} */ (cases.find((one) => one.id === id)).ours(JSON.parse(parameters))
/** @type {ArrayLike<number>[]} */
const results = []

process.stdout.write(`${JSON.stringify(runs.map(({ name, threads, setting }) => ({ name, threads, setting })))}\n`)
for await (const line of createInterface({ input: process.stdin })) {
  const [command, index, argument] = line.split(' ')
  const { run } = runs[Number(index)]
  /** @type {{ seconds?: number }} */
  const answer = {}
  if (command === 'run') {
    const start = performance.now()
    for (let repetition = 0; repetition < Number(argument); repetition++) results[Number(index)] = await run()
    answer.seconds = (performance.now() - start) / 1000 / Number(argument)
  } else writeFileSync(argument, Float64Array.from(results[Number(index)]))
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
// Worker threads of a case do not keep the process.
process.exit()
