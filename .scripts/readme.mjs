// Renews the README's table of verdicts and its picture from a quick run of the ledger, and its table of times from the last results of `npm run bench`.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tableMarkdown } from '../bench/run.mjs'
import { renderPng, verify } from '../dist/index.js'
import { insertBench, insertLedger } from '../dist/report/readme.js'

const verdicts = await verify('all', { onProgress: ({ claim, activity }) => process.stderr.write(`${claim}: ${activity}\n`) })
const readme = new URL('../README.md', import.meta.url)
const results = new URL('../bench/results/latest.json', import.meta.url)
const renewed = insertLedger(readFileSync(readme, 'utf8'), verdicts)
writeFileSync(readme, existsSync(results) ? insertBench(renewed, tableMarkdown(JSON.parse(readFileSync(results, 'utf8')))) : renewed)
mkdirSync(new URL('../.readme/', import.meta.url), { recursive: true })
const picture = verdicts.find(({ id }) => id === 'cole-hopf').figure
writeFileSync(new URL('../.readme/cole-hopf.png', import.meta.url), renderPng(picture))
