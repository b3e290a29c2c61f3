import { createRequire } from 'node:module'
import { ArgumentError } from '../core/errors.ts'
import { escapeMarkup } from '../figure/text.ts'

const load = createRequire(import.meta.url)

/** A formula in TeX as a MathML element. `of` names it in the error. @throws ArgumentError on TeX that cannot be read */
export function formula(tex: string, of: string, display = false): string {
  const temml = load('temml') as typeof import('temml').default
  try {
    return temml.renderToString(tex, { displayMode: display, throwOnError: true })
  } catch (error) {
    throw new ArgumentError(`writeReport: ${of} must be TeX, got ${JSON.stringify(tex)} (${(error as Error).message})`)
  }
}

/** Plain text with formulas between dollar signs (\$ is a dollar sign) as HTML. @throws ArgumentError on a dollar sign without a partner */
export function prose(text: string, of: string): string {
  const parts = text.split(/(?<!\\)\$/)
  if (parts.length % 2 === 0) throw new ArgumentError(`writeReport: ${of} must be text with pairs of $, got ${JSON.stringify(text)}`)
  return parts.map((part, k) => (k % 2 === 1 ? formula(part, of) : escapeMarkup(part.replaceAll('\\$', '$')))).join('')
}
