// Executes the notebooks on Deno's kernel and checks what comes out. `--write` stores the outputs, figures included, in the notebooks.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { outputProblems, readNotebook, typeProblems } from './notebook.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = join(root, 'notebooks')
/** A megabyte of notebook is not worth 92 MB of dependency: Deno is fetched here, by the version that the notebooks were made with. */
const deno = { version: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).config.deno, folder: join(folder, '.deno') }
const binaries = join(deno.folder, 'node_modules', '.bin')
const say = (text) => process.stderr.write('notebooks: ' + text + '\n')

try {
  const python = pythonWithJupyter()
  fetchDeno()
  linkPackage()
  const names = readdirSync(folder).filter((name) => name.endsWith('.ipynb'))
  if (names.length === 0) throw new Error('there is no notebook in ' + folder)
  const problems = names.flatMap((name) => checked(python, name).map((problem) => name + ': ' + problem))
  problems.forEach((problem) => say(problem))
  if (problems.length > 0) process.exitCode = 1
} catch (error) {
  say(error.message)
  process.exitCode = 1
}

/** A Python with Jupyter's client; Debian's is not the first on every PATH. */
function pythonWithJupyter() {
  const found = ['python3', '/usr/bin/python3'].find((python) => spawnSync(python, ['-c', 'import jupyter_client']).status === 0)
  if (found === undefined) throw new Error('jupyter_client is needed for Python 3: apt-get install --no-install-recommends jupyter-client')
  return found
}

function fetchDeno() {
  const there = join(deno.folder, 'node_modules', 'deno', 'package.json')
  if (existsSync(there) && JSON.parse(readFileSync(there, 'utf8')).version === deno.version) return
  say('fetching Deno ' + deno.version)
  mkdirSync(deno.folder, { recursive: true })
  writeFileSync(join(deno.folder, 'package.json'), '{ "private": true }\n')
  const run = spawnSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', deno.folder, 'deno@' + deno.version], { stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
  if (run.status !== 0) throw new Error('npm could not install deno ' + deno.version + '; what it printed is above')
}

/** The package under its own name beside the notebooks, as an installation would put it there. */
function linkPackage() {
  const link = join(folder, 'node_modules', 'deep-relaxation')
  mkdirSync(dirname(link), { recursive: true })
  rmSync(link, { recursive: true, force: true })
  symlinkSync(root, link, 'junction')
}

/** Complaints about the types of a notebook's cells and about the outputs of a new run. */
function checked(python, name) {
  const wrong = typeProblems(readNotebook(join(folder, name)))
  if (wrong.length > 0) return wrong
  const work = mkdtempSync(join(tmpdir(), 'notebook-'))
  const started = Date.now()
  try {
    const environment = {
      ...process.env, JUPYTER_PATH: join(folder, '.jupyter'), NO_COLOR: '1', PATH: binaries + delimiter + process.env.PATH,
      JUPYTER_RUNTIME_DIR: join(work, 'runtime'), JUPYTER_CONFIG_DIR: join(work, 'config'), JUPYTER_DATA_DIR: join(work, 'data'), IPYTHONDIR: join(work, 'ipython'), DENO_DIR: join(work, 'deno'),
    }
    const output = execFileSync(python, [join(root, '.scripts', 'execute-notebook.py')], {
      cwd: folder, env: environment, input: readFileSync(join(folder, name)), maxBuffer: 2 ** 28, stdio: ['pipe', 'pipe', 'pipe'],
    })
    const executed = JSON.parse(output.toString())
    const problems = outputProblems(executed)
    say(name + ': executed in ' + ((Date.now() - started) / 1000).toFixed(0) + ' s, ' + (problems.length === 0 ? 'all cells in order' : problems.length + ' in disorder'))
    if (problems.length === 0 && process.argv.includes('--write')) store(name, executed)
    return problems
  } catch (error) {
    return ['the run failed: ' + (error.stderr?.toString().trim().split('\n').at(-1) ?? error.message)]
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** The notebook with its new outputs and without what differs from run to run. */
function store(name, executed) {
  const stored = readNotebook(join(folder, name))
  const cells = stored.cells.map((cell, k) => {
    if (cell.cell_type !== 'code') return cell
    const { execution_count, outputs } = executed.cells[k]
    return { ...cell, execution_count, outputs }
  })
  writeFileSync(join(folder, name), JSON.stringify({ ...stored, cells }, null, 1) + '\n')
}
