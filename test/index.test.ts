import { expect, it } from 'vitest'
import * as publicSurface from '../lib/index.ts'

it('exports exactly the public surface', () => {
  expect(Object.keys(publicSurface).sort()).toEqual([
    'ArgumentError', 'Cancelled', 'DivergenceError', 'FileError', 'RelaxationError', 'averagedDrift', 'biconjugate', 'claims', 'coleHopf',
    'committor', 'conjugateOf', 'convexFunction', 'convexFunctions', 'datasets', 'draw', 'effectiveDynamics', 'entropySgd', 'field', 'firstPassage',
    'fokkerPlanck', 'fromModule', 'gibbs', 'gradient', 'grid', 'hamiltonJacobi', 'heat', 'hopfFormula', 'hopfLax', 'inline', 'integrate', 'jko',
    'landscapes', 'laplacian', 'legendre', 'localEntropy', 'localGibbs', 'logPartition', 'meanFirstPassageTime', 'methods', 'minimize', 'mlmc',
    'multiscale', 'norm', 'optimalControl', 'optimizers', 'ornsteinUhlenbeck', 'overdampedLangevin', 'plan', 'potential', 'probabilityCurrent',
    'prox', 'proximalMonteCarlo', 'renderPng', 'renderSvg', 'sde', 'sgd', 'sgdDiffusion', 'simulate', 'slice', 'sliceDirections', 'slowestMode',
    'softmaxRegression', 'solve', 'spectralGap', 'stationary', 'threads', 'train', 'twoScale', 'underdampedLangevin', 'verify',
  ])
})
