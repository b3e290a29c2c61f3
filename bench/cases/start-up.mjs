import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')
const node = (/** @type {string[]} */ ...args) => () => {
  execFileSync(process.execPath, args, { cwd: root, stdio: 'ignore' })
  return []
}

/** @type {import('./index.mjs').Case} */
const processes = {
  id: 'start-up',
  title: () => 'Start-up',
  statement: 'whole processes: Node alone, with the package imported, and the help of the command line',
  parameters: () => ({}),
  python: { source: 'start-up.py' },
  ours: async () => [
    { name: 'node alone', threads: 1, run: node('-e', '0') },
    { name: "import 'deep-relaxation'", threads: 1, run: node('--input-type=module', '-e', "import 'deep-relaxation'") },
    { name: 'relax --help', threads: 1, run: node(join('dist', 'cli', 'relax.js'), '--help') },
  ],
}

export const startUp = [processes]
