import { expect, it } from 'vitest'
import * as publicSurface from '../lib/index.ts'

it('exports exactly the public surface', () => {
  expect(Object.keys(publicSurface).sort()).toEqual([
    'ArgumentError', 'Cancelled', 'DivergenceError', 'FileError', 'RelaxationError', 'averagedDrift', 'biconjugate', 'claims', 'coleHopf',
    'conjugateOf', 'convexFunction', 'convexFunctions', 'datasets', 'draw', 'entropySgd', 'field', 'fokkerPlanck', 'fromModule', 'gibbs',
    'gradient', 'grid', 'hamiltonJacobi', 'hopfFormula', 'hopfLax', 'inline', 'integrate', 'landscapes', 'laplacian', 'legendre', 'localEntropy',
    'logPartition', 'methods', 'minimize', 'norm', 'optimizers', 'overdampedLangevin', 'potential', 'prox', 'proximalMonteCarlo', 'renderPng',
    'renderSvg', 'sgd', 'simulate', 'slice', 'sliceDirections', 'softmaxRegression', 'solve', 'stationary', 'threads', 'train', 'verify',
  ])
})
