import { access, constants, copyFile, lstat, mkdir, mkdtemp, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { FileError } from '../core/errors.ts'
import { show } from '../core/arguments.ts'

/**
 * Puts files (by their paths in the folder) into a folder, all or none: they are written to a folder beside their places, on the same
 * file system, and then renamed; when a rename fails those before it are undone. The last file comes last. Returns the path of that file.
 * @throws FileError `<where>: folder must be writable, got "…" (EACCES)`
 */
export async function publish(where: string, folder: string, files: ReadonlyMap<string, string | Uint8Array>): Promise<string> {
  const target = resolve(folder)
  const paths = [...files.keys()]
  const undo: (() => Promise<unknown>)[] = []
  try {
    const folders = [...new Set([target, ...paths.map((path) => dirname(join(target, path)))])]
    for (const path of folders) await makeFolder(path, undo)
    await Promise.all(folders.map((path) => access(path, constants.W_OK | constants.X_OK)))
    const aside = await mkdtemp(join(target, '.writing-'))
    undo.push(() => rm(aside, { recursive: true, force: true }))
    for (const [k, path] of paths.entries()) await writeFile(join(aside, `new-${k}`), files.get(path)!)
    for (const [k, path] of paths.entries()) await replace(join(aside, `new-${k}`), join(target, path), join(aside, `old-${k}`), undo)
    await rm(aside, { recursive: true, force: true })
  } catch (error) {
    for (const step of undo.reverse()) await step().catch(() => undefined)
    const code = (error as NodeJS.ErrnoException).code
    if (code === undefined) throw error
    throw new FileError(`${where}: folder must be writable, got ${show(folder)} (${code})`)
  }
  return join(target, paths[paths.length - 1])
}

/** Makes a folder and its missing parents; undone when they are still empty. Node's own recursive mkdir never ends on /proc. */
async function makeFolder(path: string, undo: (() => Promise<unknown>)[]): Promise<void> {
  try {
    await mkdir(path)
    undo.push(() => rmdir(path))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return
    if (code !== 'ENOENT' || (await exists(dirname(path)))) throw error
    await makeFolder(dirname(path), undo)
    await makeFolder(path, undo)
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(() => true, () => false)
}

/** Moves a file to its place; what was there is kept until all is done. */
async function replace(from: string, to: string, kept: string, undo: (() => Promise<unknown>)[]): Promise<void> {
  const before = await lstat(to).catch(() => undefined)
  if (before?.isDirectory()) throw Object.assign(new Error(`${to} is a folder`), { code: 'EISDIR' })
  if (before !== undefined) {
    await copyFile(to, kept)
    undo.push(() => rename(kept, to))
  } else undo.push(() => rm(to, { force: true }))
  await rename(from, to)
}
