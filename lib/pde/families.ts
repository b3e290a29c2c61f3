import type { Family } from './equation.ts'
import { fokkerPlanckFamily } from './fokker-planck/family.ts'
import { hamiltonJacobiFamily } from './hamilton-jacobi/family.ts'
import { heatFamily } from './heat/family.ts'

/** The equations that `solve` can march. */
export const families: readonly Family[] = [hamiltonJacobiFamily, heatFamily, fokkerPlanckFamily]
