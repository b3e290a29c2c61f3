import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { show, text } from '../core/arguments.ts'
import { ArgumentError } from '../core/errors.ts'
import { defineMaker, portable } from './portable.ts'

/**
 * An export of a JavaScript module that can run on any executor: each thread loads the module itself. `url` is a file: URL
 * (`new URL('./drift.mjs', import.meta.url)`) or an absolute path of a module without top-level await; the export is a function, or an object such as the
 * definition of a potential.
 * @throws ArgumentError when the module cannot be loaded or has no such export
 */
export function fromModule<T extends object = (...args: never[]) => unknown>(url: string | URL, exportName: string): T {
  const name = text('fromModule', 'exportName', exportName)
  const path = pathOf(url)
  const found = load(path)[name] as T | undefined
  if ((typeof found !== 'object' || found === null) && typeof found !== 'function') {
    throw new ArgumentError(`fromModule: exportName must be a function or an object that ${path} exports, got ${show(name)}`)
  }
  return portable(found, 'module', path, name)
}

defineMaker('module', (path: string, name: string) => fromModule(path, name))

function pathOf(url: unknown): string {
  const given = url instanceof URL ? url.href : text('fromModule', 'url', url)
  if (given.startsWith('file:')) return fileURLToPath(given)
  if (/^([/\\]|[A-Za-z]:[/\\])/.test(given)) return given
  throw new ArgumentError(`fromModule: url must be a file: URL or an absolute path, got ${show(given)}`)
}

function load(path: string): Record<string, unknown> {
  try {
    return createRequire(import.meta.url)(path) as Record<string, unknown>
  } catch (error) {
    throw new ArgumentError(`fromModule: url must be a module that can be loaded, got ${show(path)} (${(error as Error).message})`)
  }
}
