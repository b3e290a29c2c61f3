import { constants } from 'node:fs'
import { access, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, extname, resolve } from 'node:path'
import { show } from '../core/arguments.ts'
import { ArgumentError, FileError } from '../core/errors.ts'

/** Checks, before any work, that a file of one of the given kinds can be written there. */
export async function checkOutput(option: string, path: string | undefined, extensions: readonly string[]): Promise<void> {
  if (path === undefined) return
  if (!extensions.includes(extname(path))) {
    throw new ArgumentError(`relax: ${option} must be a file ending in ${extensions.join(' or ')}, got ${show(path)}`)
  }
  const existing = await stat(path).catch(() => undefined)
  if (existing?.isDirectory()) throw new FileError(`relax: ${option} must be a file, got the folder ${show(path)}`)
  await writable(option, dirname(resolve(path)), path)
}

/** Checks that a folder can be written, or made in its nearest existing parent. */
export async function checkFolder(option: string, path: string): Promise<void> {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const found = await stat(folder).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? undefined : error))
    if (found === undefined) continue
    if (found instanceof Error) throw new FileError(`relax: ${option} must be a writable folder, got ${show(path)} (${found.message.split(':')[0]})`)
    if (!found.isDirectory()) throw new FileError(`relax: ${option} must be a folder, got the file ${show(folder)}`)
    return writable(option, folder, path)
  }
}

async function writable(option: string, folder: string, path: string): Promise<void> {
  await access(folder, constants.W_OK).catch((error: NodeJS.ErrnoException) => {
    throw new FileError(`relax: ${option} must be in a writable folder, got ${show(path)} (${error.code})`)
  })
}

/** Writes a whole file or none: aside, then renamed into place. */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const aside = `${path}.${process.pid}.part`
  try {
    await writeFile(aside, content)
    await rename(aside, path)
  } catch (error) {
    await rm(aside, { force: true })
    throw new FileError(`relax: output must be writable, got ${show(path)} (${(error as NodeJS.ErrnoException).code})`)
  }
}

/** JSON in which numbers that are not finite are null. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`)
}
