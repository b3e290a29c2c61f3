import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const lib = join(dirname(fileURLToPath(import.meta.url)), '..', 'lib')

/** A file imports from a strictly lower layer or from its own folder; the files of lib itself import what they like. */
const layers = [
  ['core'],
  ['kernels', 'stats', 'execution', 'figure'],
  ['random', 'grid', 'potential'],
  ['pde', 'sde', 'network'],
  ['optimization', 'homogenization', 'inference'],
  ['claims'],
  ['report'],
  ['cli'],
]

/** A field can be made of a potential, and what a potential is (a type and a check of it) stands beside the grid. */
const exceptions = ['grid/field.ts -> potential/potential.ts']

/** The relative imports of each file of lib, types included, as paths in lib. */
function importsOfLib(): Map<string, string[]> {
  // AssemblyScript imports within its own folder alone.
  const files = (readdirSync(lib, { recursive: true }) as string[]).filter((file) => file.endsWith('.ts') && !slashes(file).startsWith('kernels/assembly/'))
  return new Map(files.map((file) => {
    const imported = ts.preProcessFile(readFileSync(join(lib, file), 'utf8')).importedFiles.map(({ fileName }) => fileName)
    return [slashes(file), imported.filter((path) => path.startsWith('.')).map((path) => slashes(relative(lib, join(lib, dirname(file), path))))]
  }))
}

function slashes(path: string): string {
  return path.replaceAll('\\', '/')
}

function folderOf(file: string): string {
  return file.includes('/') ? file.split('/')[0] : ''
}

function layerOf(file: string): number {
  return folderOf(file) === '' ? layers.length : layers.findIndex((folders) => folders.includes(folderOf(file)))
}

function upwardArrows(imports: Map<string, string[]>): string[] {
  return [...imports].flatMap(([file, targets]) => targets
    .filter((target) => folderOf(target) !== folderOf(file) && !(layerOf(target) < layerOf(file)))
    .map((target) => `${file} -> ${target}`))
}

function cycles(imports: Map<string, string[]>): string[] {
  const state = new Map<string, 'open' | 'done'>()
  const found: string[] = []
  const visit = (file: string, path: string[]): void => {
    if (state.get(file) === 'done') return
    if (state.get(file) === 'open') {
      found.push([...path.slice(path.indexOf(file)), file].join(' -> '))
      return
    }
    state.set(file, 'open')
    for (const target of imports.get(file) ?? []) visit(target, [...path, file])
    state.set(file, 'done')
  }
  for (const file of imports.keys()) visit(file, [])
  return found
}

describe('lib', () => {
  const imports = importsOfLib()

  it('has a layer for every folder, and every import leads to a file', () => {
    expect([...imports.keys()].filter((file) => layerOf(file) < 0)).toEqual([])
    expect([...new Set([...imports.values()].flat())].filter((target) => !imports.has(target))).toEqual([])
  })

  it('imports only from strictly lower layers or the own folder, but for the exceptions', () => {
    expect([...new Set(upwardArrows(imports))].toSorted()).toEqual(exceptions)
  })

  it('has no cycles of imports', () => {
    expect(cycles(imports)).toEqual([])
  })
})

describe('the checks themselves', () => {
  it('find an arrow upwards, one within a layer, and one to the public surface', () => {
    const imports = new Map([['core/a.ts', ['pde/b.ts']], ['pde/b.ts', ['sde/c.ts', 'pde/sub/d.ts', 'grid/e.ts']], ['sde/c.ts', ['index.ts']], ['index.ts', ['cli/f.ts']]])
    expect(upwardArrows(imports)).toEqual(['core/a.ts -> pde/b.ts', 'pde/b.ts -> sde/c.ts', 'sde/c.ts -> index.ts'])
  })

  it('find a cycle', () => {
    expect(cycles(new Map([['core/a.ts', ['core/b.ts']], ['core/b.ts', ['core/c.ts']], ['core/c.ts', ['core/b.ts']]]))).toEqual(['core/b.ts -> core/c.ts -> core/b.ts'])
  })
})
