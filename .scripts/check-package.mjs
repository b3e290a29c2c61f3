// Packs the package, checks what is in it, and uses it from an empty folder as its users would.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = mkdtempSync(join(tmpdir(), 'package-'))
const run = (command, args, cwd) => execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

try {
  const [{ filename, files }] = JSON.parse(run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root))
  const paths = files.map(({ path }) => path)
  for (const wanted of ['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts', 'dist/cli/relax.js', 'lib/network/data/digits.csv.gz']) {
    assert(paths.includes(wanted), `the package lacks ${wanted}`)
  }
  assert.deepEqual(paths.filter((path) => /^(test|\.scripts|\.ci|node_modules)\//.test(path)), [], 'the package holds what is not for users')
  writeFileSync(join(folder, 'package.json'), '{ "name": "user", "private": true, "type": "module" }')
  run('npm', ['install', '--no-audit', '--no-fund', join(folder, filename)], folder)
  writeFileSync(join(folder, 'use.js'), `
    import { coleHopf, datasets, field, grid, potential, renderSvg, draw } from 'deep-relaxation'
    const u = coleHopf(field(grid({ min: -3, max: 3, size: 301 }), potential('x^2')), { gamma: 0.5, beta: 5 })
    console.log(u.at(0).toFixed(6), datasets.digits().samples, renderSvg(draw(u)).startsWith('<svg'))
  `)
  // x² at γ = ½: u(0) = log(2)/(2·5).
  assert.equal(run(process.execPath, ['use.js'], folder).trim(), '0.069315 1797 true')
  const listed = run(join(folder, 'node_modules', '.bin', 'relax'), ['list', '--json'], folder)
  const version = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version
  assert.equal(run(join(folder, 'node_modules', '.bin', 'relax'), ['--version'], folder).trim(), version)
  console.log(`package: ${paths.length} files, ${JSON.parse(listed).length} claims listed from an empty folder`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
