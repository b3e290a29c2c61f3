import { existsSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'

const sourcesOf = (root) => join(root, 'lib', 'kernels', 'assembly')
const targetOf = (root) => join(root, 'lib', 'kernels', 'binary.ts')

/** Memory below this address belongs to the module's own constants. */
const options = [
  '-O3', '--converge', '--noAssert', '--runtime', 'stub', '--importMemory', '--sharedMemory', '--initialMemory', '2', '--maximumMemory', '65536',
  '--enable', 'simd', '--enable', 'threads', '--use', 'abort=',
  // Functions of v128 are for other modules, not for JavaScript.
  '--disableWarning', '112',
]

/** Compiles the AssemblyScript kernels to lib/kernels/binary.ts, the module's bytes as text, so that they load the same way from sources, the built package and in a browser. */
export function buildKernels(root, always) {
  const sources = readdirSync(sourcesOf(root)).map((file) => join(sourcesOf(root), file))
  const newest = Math.max(...[...sources, import.meta.filename ?? ''].filter(existsSync).map((file) => statSync(file).mtimeMs))
  if (!always && existsSync(targetOf(root)) && statSync(targetOf(root)).mtimeMs > newest) return
  process.stderr.write('set-up: compiling the kernels\n')
  const folder = mkdtempSync(join(root, 'dist-kernels-'))
  try {
    const compiler = join(root, 'node_modules', 'assemblyscript', 'bin', 'asc.js')
    const binary = join(folder, 'kernels.wasm')
    const run = spawnSync(process.execPath, [compiler, join('lib', 'kernels', 'assembly', 'index.ts'), '-o', binary, ...options], { cwd: root, stdio: ['ignore', 2, 2] })
    if (run.status !== 0) throw new Error('the kernels were not compiled; what the compiler printed is above')
    const fresh = join(folder, 'binary.ts')
    writeFileSync(fresh, '/** Compiled from assembly/ by `npm run build`: WebAssembly in base64. */\nexport const binary = \'' + readFileSync(binary).toString('base64') + '\'\n')
    renameSync(fresh, targetOf(root))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
