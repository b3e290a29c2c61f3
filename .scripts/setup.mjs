// Makes a clone ready to run: installs what the lock file asks for and node_modules lacks, and builds dist when lib is newer.
// Node's built-in modules and old syntax only, so that an old Node gets as far as saying that it is old.
// Everything is printed to standard error. The kernels, WebAssembly, are compiled first. `--build` builds even when dist is up to date,
// `--install` stops before dist.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, outdated } from './build.mjs'
import { buildKernels } from './build-kernels.mjs'
import { dependenciesMissing, install } from './install.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

try {
  const least = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.node.replace('>=', '')
  if (isOlder(process.versions.node, least)) throw new Error('Node ' + least + ' or newer is needed, this is ' + process.versions.node + '; see https://nodejs.org')
  const missing = dependenciesMissing(root)
  if (missing !== undefined) install(root, missing)
  buildKernels(root, process.argv.includes('--build'))
  if (!process.argv.includes('--install')) {
    const reason = process.argv.includes('--build') ? 'asked for' : outdated(root)
    if (reason !== undefined) build(root, reason)
  }
} catch (error) {
  process.stderr.write('set-up: ' + error.message + '\n')
  process.exitCode = 1
}

function isOlder(version, least) {
  const [a, b] = [version, least].map((text) => text.split('.').map(Number))
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1])
}
