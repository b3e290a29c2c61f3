import { refuse } from '../core/arguments.ts'
import { closurePotential } from './closure.ts'
import type { PotentialDefinition } from './closure.ts'
import { expressionPotential } from './expression/index.ts'
import type { ExpressionOptions } from './expression/index.ts'
import type { Potential } from './potential.ts'

export { landscapeNamed, landscapeNames, landscapes } from './landscapes/index.ts'
export type { ExpressionOptions, Potential, PotentialDefinition }

/**
 * A potential from an expression in mathjs's syntax, such as 'x^2 + a sin(2 pi y)': parsed, never evaluated as code. Gradient and Hessian are
 * exact, by differentiating the expression's graph. Only pi and e are constants. Functions: exp expm1 log (with a base as second argument) log2
 * log10 log1p sqrt cbrt sin cos tan asin acos atan sinh cosh tanh abs sign min max hypot square cube pow floor ceil round; conditions
 * a < b ? c : d with and, or, not. Corners (|x|, min, max) have the mean slope. The elementary functions are the toolkit's own: the same bits everywhere.
 * @throws ArgumentError on a syntax error, an unknown symbol or function, a parameter that is not finite, unused or a variable, an unknown option;
 * and from the potential's methods on a point of the wrong length, a value that is NaN or −∞, a derivative that is NaN
 */
export function potential(expression: string, options?: ExpressionOptions): Potential
/**
 * A potential from functions of a point. Without `gradient` or `hessian` central differences of fourth order stand in, with steps of about 1e−3
 * max(1, |x|): errors about 1e−12 and 1e−10 of f's scale.
 * @throws ArgumentError on a dim or a function that is none, an unknown name; later as above, and on results of the wrong type
 */
export function potential(definition: PotentialDefinition): Potential
export function potential(source: string | PotentialDefinition, ...options: [ExpressionOptions?]): Potential {
  if (typeof source === 'string') return expressionPotential(source, ...options)
  if (options[0] !== undefined) refuse('potential', 'options', 'left out with a definition', options[0])
  return closurePotential(source)
}
