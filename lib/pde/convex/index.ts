import { box, euclidean, l1Norm, maximumNorm } from './norms.ts'
import { quadratic } from './quadratic.ts'

export { conjugateOf, convexFunction, isConvexFunction } from './convex-function.ts'
export type { ConvexFunction, ConvexFunctionDefinition, ConvexSide } from './convex-function.ts'

/** Convex functions with their conjugates and both proximal maps, in closed form. */
export const convexFunctions = { l1Norm, euclideanNorm: euclidean, maximumNorm, quadratic, box }
