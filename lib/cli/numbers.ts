import { refuse } from '../core/arguments.ts'

/** The number that an option's text stands for; what is no number at all is refused, ranges are the caller's. */
export function numeric(option: string, given: string): number {
  const value = Number(given)
  return given.trim() === '' || Number.isNaN(value) ? refuse('relax', option, 'a number', given) : value
}

export function optionalNumber(option: string, given: string | undefined): number | undefined {
  return given === undefined ? undefined : numeric(option, given)
}
