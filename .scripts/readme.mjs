// Renews the README's table of verdicts and its picture from a quick run of the ledger.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { renderPng, verify } from '../dist/index.js'
import { insertLedger } from '../dist/report/readme.js'

const verdicts = await verify('all', { onProgress: ({ claim, activity }) => process.stderr.write(`${claim}: ${activity}\n`) })
const readme = new URL('../README.md', import.meta.url)
writeFileSync(readme, insertLedger(readFileSync(readme, 'utf8'), verdicts))
mkdirSync(new URL('../.readme/', import.meta.url), { recursive: true })
const picture = verdicts.find(({ id }) => id === 'cole-hopf').figure
writeFileSync(new URL('../.readme/cole-hopf.png', import.meta.url), renderPng(picture))
