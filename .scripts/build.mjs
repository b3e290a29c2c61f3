import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { spawnSync } from 'node:child_process'

/** What users and worker threads load, their modules in one: hundreds of files take several times as long. The folder is as deep as those of the modules. */
const bundled = ['index.js', 'worker.js']

/** The suffixes of what one source is compiled to. */
const outputs = ['.js', '.js.map', '.d.ts', '.d.ts.map']

/** Why dist must be built again, or undefined: a source or setting is newer than an output, an output is missing, or one has lost its source. */
export function outdated(root) {
  const lib = join(root, 'lib')
  const dist = join(root, 'dist')
  if (!existsSync(dist)) return 'dist is missing'
  // What is under assembly becomes a part of kernels/binary.ts.
  const sources = filesUnder(lib).filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !relative(lib, file).startsWith(join('kernels', 'assembly')))
  const expected = [...sources.flatMap((file) => outputs.map((suffix) => join(dist, relative(lib, file).replace(/\.ts$/, suffix)))), ...bundled.map((file) => join(dist, 'bundle', file))]
  const present = new Set(filesUnder(dist).filter((file) => dirname(file) !== join(dist, 'bundle') || bundled.includes(basename(file))))
  const lost = expected.find((file) => !present.has(file))
  if (lost !== undefined) return relative(root, lost) + ' is missing'
  if (present.size > expected.length) return 'dist has files without a source'
  const built = Math.min(...expected.map((file) => statSync(file).mtimeMs))
  const newer = [...sources, join(root, 'tsconfig.json'), join(root, 'package.json')].find((file) => statSync(file).mtimeMs > built)
  return newer === undefined ? undefined : relative(root, newer) + ' is newer'
}

/** Compiles lib to a folder beside dist and puts it in dist's place: a failed build leaves dist as it was, and nothing stale stays. */
export function build(root, reason) {
  process.stderr.write('set-up: building dist (' + reason + ')\n')
  const started = new Date()
  const fresh = mkdtempSync(join(root, 'dist-'))
  try {
    runTool(root, 2, join('typescript', 'lib', 'tsc.js'), ['-p', join(root, 'tsconfig.json'), '--outDir', fresh])
    // The compiler leaves .ts in the imports of declarations, which TypeScript understands and Deno does not.
    for (const file of filesUnder(fresh).filter((name) => name.endsWith('.d.ts'))) {
      writeFileSync(file, readFileSync(file, 'utf8').replace(/(from |import\()(['"]\.[^'"]*)\.ts(['"])/g, '$1$2.js$3'))
    }
    const packages = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies || {})
    // Its list of what it wrote is of no interest.
    runTool(root, 'ignore', join('rolldown', 'bin', 'cli.mjs'), [
      join(fresh, 'index.js'), join(fresh, 'worker.js'), '--dir', join(fresh, 'bundle'), '--format', 'esm', '--platform', 'node', ...packages.flatMap((name) => ['--external', name]),
    ])
    // A source that is saved while the compiler runs must count as newer.
    for (const file of filesUnder(fresh)) utimesSync(file, started, started)
    chmodSync(join(fresh, 'cli', 'relax.js'), 0o755)
    chmodSync(fresh, 0o755)
    rmSync(join(root, 'dist'), { recursive: true, force: true })
    renameSync(fresh, join(root, 'dist'))
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  process.stderr.write('set-up: built in ' + ((Date.now() - started) / 1000).toFixed(1) + ' s\n')
}

function runTool(root, output, script, args) {
  const run = spawnSync(process.execPath, [join(root, 'node_modules', script), ...args], { cwd: root, stdio: ['ignore', output, 2] })
  if (run.status !== 0) throw new Error('the build failed; what the compiler printed is above')
}

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)])
}
