import { expect, it } from 'vitest'
import * as publicSurface from '../lib/index.ts'

it('exports exactly the public surface', () => {
  expect(Object.keys(publicSurface).sort()).toEqual([
    'ArgumentError', 'Cancelled', 'DivergenceError', 'FileError', 'RelaxationError', 'claims', 'coleHopf', 'datasets', 'draw', 'field', 'gradient', 'grid',
    'hamiltonJacobi', 'hopfLax', 'inline', 'integrate', 'landscapes', 'laplacian', 'norm', 'potential', 'prox', 'renderPng', 'renderSvg', 'slice',
    'sliceDirections', 'softmaxRegression', 'solve', 'train', 'verify',
  ])
})
