import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, release, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'

const peers = join(import.meta.dirname, '..', 'peers')

/** What a case asks for, how to see whether it is there, and Debian's package. */
const tools = /** @type {const} */ ({
  gcc: 'gcc libgomp1',
  fftw: 'libfftw3-dev',
  numpy: 'python3-numpy',
  scipy: 'python3-scipy',
  numba: 'python3-numba',
  torch: 'python3-torch',
})

/** @typedef {keyof typeof tools} Tool */

/**
 * The tools of this machine: versions by name, what is absent with the line that installs it, and how a peer of a case is started.
 * @typedef {{ versions: Record<string, string>, absent: Record<string, string>, python: string, compile: (source: string) => string | undefined, remove: () => void }} Machine
 * @returns {Machine}
 */
export function lookAround() {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  /** @type {Record<string, string>} */
  const versions = {}
  const gcc = output('gcc', ['-dumpfullversion'])
  if (gcc !== undefined) versions.gcc = gcc
  if (gcc !== undefined && spawnSync('gcc', ['-E', '-include', 'fftw3.h', '-x', 'c', '/dev/null'], { stdio: 'ignore' }).status === 0) versions.fftw = 'present'
  // An own python3 in front of the system's may lack what the system's has.
  const pythons = ['python3', '/usr/bin/python3'].map((command) => ({ command, packages: packagesOf(command) }))
  const { command: python, packages } = pythons.reduce((a, b) => (Object.keys(b.packages).length > Object.keys(a.packages).length ? b : a))
  Object.assign(versions, packages)
  const absent = Object.fromEntries(Object.entries(tools).filter(([name]) => !(name in versions)).map(([name, packages]) => [name, `apt-get install -y --no-install-recommends ${packages}`]))
  return {
    versions,
    absent,
    python,
    compile(source) {
      if (gcc === undefined) return undefined
      const program = join(folder, source.replace(/\.c$/, ''))
      const fftw = 'fftw' in versions ? ['-DFFTW', '-lfftw3_threads', '-lfftw3'] : []
      const flags = ['-O3', '-march=native', '-ffast-math', '-fopenmp']
      const run = spawnSync('gcc', [...flags, join(peers, 'c', source), '-o', program, ...fftw, '-lm'], { encoding: 'utf8' })
      if (run.status !== 0) throw new Error(`bench: ${source} must compile, got ${run.stderr}`)
      return program
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Versions of the packages that a Python has. @param {string} command @returns {Record<string, string>} */
function packagesOf(command) {
  const script = `
import importlib, json
found = {}
for name in ("numpy", "scipy", "numba", "torch"):
    try:
        found[name] = importlib.import_module(name).__version__
    except Exception:
        pass
print(json.dumps(found))`
  return JSON.parse(output(command, ['-c', script]) ?? '{}')
}

/** The machine in words and numbers, for a report. */
export function machine() {
  const [{ model } = { model: 'unknown' }] = cpus()
  return { cpu: model, cores: availableParallelism(), memory: totalmem(), system: `${process.platform} ${release()}`, node: process.versions.node }
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function output(command, args) {
  const run = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  return run.status === 0 ? run.stdout.trim() : undefined
}
