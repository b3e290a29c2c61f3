import type { Family } from '../equation.ts'
import { discretise } from './discretise.ts'
import type { FokkerPlanck } from './equation.ts'
import type { FokkerPlanckScheme } from './scheme.ts'
import { schemes } from './schemes.ts'

export const fokkerPlanckFamily: Family<FokkerPlanck, FokkerPlanckScheme> = {
  kind: 'fokker-planck',
  schemes,
  standardScheme: 'scharfetter-gummel',
  discretise,
}
