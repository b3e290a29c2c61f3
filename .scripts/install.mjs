import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'

/**
 * What node_modules lacks of the lock file, or undefined. npm's own record of what it installed is compared entry by entry, and every
 * folder must be there; packages for other platforms may be absent.
 */
export function dependenciesMissing(root) {
  const wanted = packagesIn(join(root, 'package-lock.json'))
  if (wanted === undefined) throw new Error('package-lock.json must be a readable lock file')
  const installed = packagesIn(join(root, 'node_modules', '.package-lock.json'))
  if (installed === undefined) return 'node_modules is missing'
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue
    const found = installed[path]
    if (found === undefined) {
      if (entry.optional !== true) return path + ' is missing'
    } else if (found.version !== entry.version || found.integrity !== entry.integrity) {
      return path + ' is ' + found.version + ', the lock file has ' + entry.version
    } else if (!existsSync(join(root, path, 'package.json'))) {
      return path + ' is missing'
    }
  }
  return undefined
}

/** `npm ci`, development packages included whatever NODE_ENV and npm's settings say; no package needs its install script. */
export function install(root, reason) {
  process.stderr.write('set-up: installing packages (' + reason + ')\n')
  const args = ['ci', '--include=dev', '--include=optional', '--ignore-scripts', '--no-audit', '--no-fund']
  const npm = process.env.npm_execpath
  const stdio = ['ignore', 2, 2]
  const run = npm !== undefined && /npm-cli\.[cm]?js$/.test(npm)
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio })
    : spawnSync('npm', args, { cwd: root, stdio, shell: process.platform === 'win32' })
  if (run.error !== undefined) throw new Error('npm could not be started (' + run.error.message + '); it comes with Node: https://nodejs.org')
  if (run.status !== 0) throw new Error('npm ci failed (' + (run.signal || 'exit code ' + run.status) + '); what it printed is above')
  const missing = dependenciesMissing(root)
  if (missing !== undefined) throw new Error('npm ci ended well, but ' + missing)
}

function packagesIn(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages
  } catch {
    return undefined
  }
}
