import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { outputProblems, readNotebook, typeProblems } from '../../.scripts/notebook.mjs'
import type { Notebook } from '../../.scripts/notebook.mjs'

const folder = fileURLToPath(new URL('../../notebooks/', import.meta.url))
const names = readdirSync(folder).filter((name) => name.endsWith('.ipynb'))

describe.each(names)('%s', (name) => {
  const notebook = readNotebook(folder + name)
  const codes = notebook.cells.filter(({ cell_type }) => cell_type === 'code')

  it('stores an output for each cell, and its figures', () => {
    expect(outputProblems(notebook)).toEqual([])
    expect(codes.filter(({ metadata }) => metadata.tags?.includes('figure')).length).toBeGreaterThan(3)
  })

  it('has cells of the right types', () => {
    expect(typeProblems(notebook)).toEqual([])
  })
})

describe('the checks of a notebook', () => {
  const notebook = readNotebook(folder + names[0])
  const planted = (change: (cell: Notebook['cells'][number]) => void, figure: boolean): Notebook => {
    const copy = structuredClone(notebook)
    change(copy.cells.find(({ cell_type, metadata }) => cell_type === 'code' && (metadata.tags?.includes('figure') ?? false) === figure)!)
    return copy
  }

  it.each([
    ['a cell that threw', planted((cell) => (cell.outputs = [{ output_type: 'error', ename: 'RangeError', evalue: 'too far' }]), false), 'threw RangeError: too far'],
    ['an error of a worker on standard error', planted((cell) => cell.outputs!.push({ output_type: 'stream', name: 'stderr', text: ['Uncaught in a worker'] }), true), 'wrote to standard error: Uncaught in a worker'],
    ['an empty output', planted((cell) => (cell.outputs = []), false), 'shows nothing'],
    ['an output of nothing but undefined', planted((cell) => (cell.outputs = [{ output_type: 'execute_result', data: { 'text/plain': ['undefined'] } }]), false), 'shows nothing'],
    ['a missing figure', planted((cell) => (cell.outputs = [{ output_type: 'stream', name: 'stdout', text: ['words'] }]), true), 'has no figure'],
    ['a picture that is none', planted((cell) => (cell.outputs = [{ output_type: 'display_data', data: { 'image/png': 'AAAA' } }]), true), 'has no figure'],
  ])('find %s', (_, wrong, complaint) => {
    expect(outputProblems(wrong)).toEqual([expect.stringContaining(complaint)])
  })

  it('find a type error, in the cell where it is', () => {
    const wrong = planted((cell) => cell.source.push('\nconst wrong: string = 5\n'), false)
    const place = wrong.cells.findIndex(({ source }) => source.join('').includes('const wrong')) + 1
    expect(typeProblems(wrong)).toEqual([expect.stringMatching(new RegExp(`^cell ${place} .*number.*string`))])
  })
})
