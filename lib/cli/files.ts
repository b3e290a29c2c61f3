import { lstat, mkdtemp, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { refuse, show } from '../core/arguments.ts'
import { FileError } from '../core/errors.ts'

/** Refuses, before any work, a file of another type or one that could not be written; leaves no trace. */
export async function checkFile(where: string, argument: string, path: string, extensions: readonly string[]): Promise<void> {
  if (!extensions.includes(extname(path))) refuse(where, argument, `a file name that ends in ${extensions.join(' or ')}`, path)
  if (await isFolder(path)) throw new FileError(`${where}: ${argument} must be a file, got the folder ${show(path)}`)
  await probe(where, argument, 'a file in a writable folder', path, dirname(resolve(path)))
}

/** Refuses, before any work, a folder that could not be made or written to; leaves no trace. */
export async function checkFolder(where: string, argument: string, path: string): Promise<void> {
  let nearest = resolve(path)
  while (!(await exists(nearest))) nearest = dirname(nearest)
  await probe(where, argument, 'a writable folder', path, nearest)
}

/**
 * Writes files, all or none: each beside its place first, then all are renamed.
 * @throws FileError
 */
export async function writeFiles(where: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const aside = new Map([...files.keys()].map((path) => [path, join(dirname(resolve(path)), `.${basename(path)}.${process.pid}`)]))
  try {
    for (const [path, bytes] of files) await writeFile(aside.get(path)!, bytes, { flush: true })
    for (const [path, temporary] of aside) await rename(temporary, path)
  } catch (error) {
    const names = [...files.keys()].map(show).join(' and ')
    throw new FileError(`${where}: files must be writable, got ${names} (${(error as NodeJS.ErrnoException).code})`)
  } finally {
    for (const temporary of aside.values()) await rm(temporary, { force: true })
  }
}

/** Whether something can be written is only known by writing: permissions say nothing on a read-only or a virtual file system. */
async function probe(where: string, argument: string, expected: string, path: string, folder: string): Promise<void> {
  try {
    await rmdir(await mkdtemp(join(folder, '.relax-')))
  } catch (error) {
    throw new FileError(`${where}: ${argument} must be ${expected}, got ${show(path)} (${(error as NodeJS.ErrnoException).code})`)
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(() => true, () => false)
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then((found) => found.isDirectory(), () => false)
}
