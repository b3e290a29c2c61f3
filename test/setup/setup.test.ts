import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

// The set-up script in a project of its own, with an npm and a compiler that only note that they were called.
const scripts = fileURLToPath(new URL('../../.scripts', import.meta.url))

const lock = {
  packages: {
    '': { name: 'project' },
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/a/node_modules/b': { version: '2.0.0', integrity: 'sha512-b', dev: true },
    'node_modules/other-platform': { version: '3.0.0', integrity: 'sha512-c', optional: true },
  },
}

const npm = `
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
console.log('npm speaks')
appendFileSync('calls', 'npm ' + process.argv.slice(2).join(' ') + '\\n')
if (process.env.BROKEN_NPM) process.exit(7)
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
delete packages['']
delete packages['node_modules/other-platform']
for (const path of Object.keys(packages)) {
  mkdirSync(path, { recursive: true })
  writeFileSync(path + '/package.json', '{}')
}
writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages }))
`

const compiler = `
const { appendFileSync, mkdirSync, readdirSync, writeFileSync } = require('node:fs')
const { dirname, join } = require('node:path')
console.log('tsc speaks')
appendFileSync('calls', 'tsc\\n')
const out = process.argv[process.argv.indexOf('--outDir') + 1]
for (const file of readdirSync('lib', { recursive: true }).filter((name) => name.endsWith('.ts') && !name.includes('assembly'))) {
  const to = join(out, file.replace(/\\.ts$/, ''))
  mkdirSync(dirname(to), { recursive: true })
  for (const suffix of ['.js', '.js.map', '.d.ts', '.d.ts.map']) writeFileSync(to + suffix, '')
}
if (process.env.BROKEN_BUILD) process.exit(2)
`

const bundler = `
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
const folder = process.argv[process.argv.indexOf('--dir') + 1]
mkdirSync(folder)
for (const file of ['index.js', 'worker.js', 'part.js']) writeFileSync(join(folder, file), '')
`

const kernelCompiler = `require('node:fs').writeFileSync(process.argv[process.argv.indexOf('-o') + 1], '')`

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'setup-'))
  cpSync(scripts, join(root, '.scripts'), { recursive: true })
  write('package.json', JSON.stringify({ engines: { node: '>=20.19' } }))
  write('package-lock.json', JSON.stringify(lock))
  write('tsconfig.json', '{}')
  write('lib/index.ts', '')
  write('lib/kernels/assembly/index.ts', '')
  write('lib/cli/relax.ts', '')
  write('lib/data.csv', '')
  write('npm-cli.mjs', npm)
  write('node_modules/typescript/lib/tsc.js', compiler)
  write('node_modules/assemblyscript/bin/asc.js', kernelCompiler)
  write('node_modules/rolldown/bin/cli.mjs', bundler)
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

function setUp(args: string[] = [], env: Record<string, string> = {}): { code: number | null; stdout: string; stderr: string; calls: string[] } {
  rmSync(join(root, 'calls'), { force: true })
  const run = spawnSync(process.execPath, [join(root, '.scripts', 'setup.mjs'), ...args], {
    cwd: tmpdir(), encoding: 'utf8', env: { PATH: process.env.PATH, npm_execpath: join(root, 'npm-cli.mjs'), ...env },
  })
  const calls = existsSync(join(root, 'calls')) ? readFileSync(join(root, 'calls'), 'utf8').trimEnd().split('\n') : []
  return { code: run.status, stdout: run.stdout, stderr: run.stderr, calls: calls.map((call) => call.split(' ').slice(0, 2).join(' ')) }
}

/** Makes a file look a minute younger than the build. */
function touch(path: string): void {
  const later = new Date(Date.now() + 60_000)
  utimesSync(join(root, path), later, later)
}

function changeLock(change: (packages: Record<string, { version: string; integrity?: string }>) => void): void {
  const content = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as typeof lock
  change(content.packages as never)
  write('package-lock.json', JSON.stringify(content))
}

it('installs and builds a fresh clone, and then does nothing', () => {
  const first = setUp()
  expect(first).toMatchObject({ code: 0, stdout: '', calls: ['npm ci', 'tsc'] })
  expect(first.stderr).toMatch(/npm speaks[^]*tsc speaks/)
  expect(setUp()).toEqual({ code: 0, stdout: '', stderr: '', calls: [] })
})

describe('installation', () => {
  it('asks for the development packages whatever the environment says', () => {
    setUp([], { NODE_ENV: 'production', npm_config_omit: 'dev' })
    // calls keep two words: read what npm was given from its own note.
    expect(readFileSync(join(root, 'calls'), 'utf8')).toMatch(/^npm ci --include=dev /)
  })

  it.each<[string, () => void]>([
    ['a version differs', () => changeLock((packages) => (packages['node_modules/a'].version = '1.0.1'))],
    ['a checksum differs', () => changeLock((packages) => (packages['node_modules/a'].integrity = 'sha512-other'))],
    ['a package is new', () => changeLock((packages) => (packages['node_modules/d'] = { version: '1.0.0' }))],
    ['a folder is gone', () => rmSync(join(root, 'node_modules/a/node_modules/b'), { recursive: true })],
    ["npm's record is gone", () => rmSync(join(root, 'node_modules/.package-lock.json'))],
  ])('comes again when %s', (_, change) => {
    setUp()
    change()
    expect(setUp(['--install']).calls).toEqual(['npm ci'])
    expect(setUp(['--install']).calls).toEqual([])
  })

  it('does not come again for a newer date alone', () => {
    setUp()
    touch('package-lock.json')
    expect(setUp().calls).toEqual([])
  })

  it('says when npm fails, and goes no further', () => {
    const { code, stderr, calls } = setUp([], { BROKEN_NPM: '1' })
    expect({ code, calls }).toEqual({ code: 1, calls: ['npm ci'] })
    expect(stderr).toMatch(/set-up: npm ci failed \(exit code 7\)/)
  })

  it('says when there is no npm', () => {
    const { code, stderr } = setUp([], { npm_execpath: '', PATH: root })
    expect(code).toBe(1)
    expect(stderr).toMatch(/set-up: npm could not be started/)
  })

  it('says when Node is too old', () => {
    write('package.json', JSON.stringify({ engines: { node: '>=99.1' } }))
    const { code, stderr, calls } = setUp()
    expect({ code, calls }).toEqual({ code: 1, calls: [] })
    expect(stderr).toMatch(/^set-up: Node 99\.1 or newer is needed, this is \d+\.\d+\.\d+; .*\n$/)
  })
})

describe('build', () => {
  it.each<[string, () => void]>([
    ['a source is newer', () => touch('lib/cli/relax.ts')],
    ['a source is new', () => write('lib/new.ts', '')],
    ['a source is gone', () => rmSync(join(root, 'lib/index.ts'))],
    ["the compiler's settings are newer", () => touch('tsconfig.json')],
    ['package.json is newer', () => touch('package.json')],
    ['an output is gone', () => rmSync(join(root, 'dist/index.d.ts'))],
    ['an output has no source', () => write('dist/stale.js', '')],
  ])('comes again when %s', (_, change) => {
    setUp()
    change()
    expect(setUp().calls).toEqual(['tsc'])
  })

  it('keeps nothing of a deleted source', () => {
    setUp()
    rmSync(join(root, 'lib/index.ts'))
    setUp()
    expect(existsSync(join(root, 'dist/index.js'))).toBe(false)
    expect(setUp().calls).toEqual([])
  })

  it('does not come again for data', () => {
    setUp()
    touch('lib/data.csv')
    expect(setUp().calls).toEqual([])
  })

  it('comes when asked for', () => {
    setUp()
    expect(setUp(['--build']).calls).toEqual(['tsc'])
  })

  it('leaves the last good build when it fails', () => {
    setUp()
    write('lib/new.ts', '')
    const { code, stderr } = setUp([], { BROKEN_BUILD: '1' })
    expect(code).toBe(1)
    expect(stderr).toMatch(/set-up: the build failed/)
    expect([existsSync(join(root, 'dist/index.js')), existsSync(join(root, 'dist/new.js'))]).toEqual([true, false])
    expect(setUp().calls).toEqual(['tsc'])
  })
})
