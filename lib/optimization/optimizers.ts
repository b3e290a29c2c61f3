import { defineMaker } from '../execution/portable.ts'
import { entropySgd } from './entropy-sgd.ts'
import { sgd } from './sgd.ts'

/** The catalogue of optimisers. */
export const optimizers = { sgd, entropySgd }

defineMaker('optimizer', (name: keyof typeof optimizers, options: never) => optimizers[name](options))
