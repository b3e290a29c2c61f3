import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const lib = join(dirname(fileURLToPath(import.meta.url)), '..', 'lib')

/** A file imports from a strictly lower layer or from its own folder. */
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

/** A field can be made of a potential, and what a potential is stands beside it. */
const allowed = ['grid/field.ts -> potential/potential.ts']

const files = (readdirSync(lib, { recursive: true }) as string[]).filter((file) => file.endsWith('.ts')).map((file) => file.replaceAll('\\', '/'))

function importsOf(file: string): string[] {
  const source = readFileSync(join(lib, file), 'utf8')
  return [...source.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, path]) => relative(lib, join(lib, dirname(file), path)).replaceAll('\\', '/'))
}

const layerOf = (file: string): number => layers.findIndex((folders) => folders.includes(file.split('/')[0]))

it('knows the layer of every folder', () => {
  const homeless = files.filter((file) => file.includes('/') && layerOf(file) < 0)
  expect(homeless).toEqual([])
})

it('imports only from strictly lower layers or the own folder', () => {
  const wrong = files.filter((file) => file.includes('/')).flatMap((file) => importsOf(file)
    .filter((other) => other.split('/')[0] !== file.split('/')[0] && !(other.includes('/') && layerOf(other) < layerOf(file)))
    .map((other) => `${file} -> ${other}`))
  expect(wrong.filter((arrow) => !allowed.includes(arrow))).toEqual([])
})

it('has no cycles of imports', () => {
  const state = new Map<string, 'open' | 'done'>()
  const cycles: string[] = []
  const visit = (file: string, path: string[]): void => {
    if (state.get(file) === 'done') return
    if (state.get(file) === 'open') {
      cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '))
      return
    }
    state.set(file, 'open')
    for (const other of importsOf(file)) visit(other, [...path, file])
    state.set(file, 'done')
  }
  for (const file of files) visit(file, [])
  expect(cycles).toEqual([])
})
