/** A number estimated from random samples, with the standard deviation of its error. */
export interface Estimate {
  estimate: number
  standardError: number
}
