import { createRequire } from 'node:module'

type Plot = typeof import('@observablehq/plot')

const load = createRequire(import.meta.url)

/** Observable Plot and a document for it, loaded when the first figure is drawn: they take longer to load than the rest of the package. */
export function plotting(): { Plot: Plot; document: object } {
  const { DOMParser } = load('linkedom') as { DOMParser: new () => { parseFromString(text: string, type: string): object } }
  return {
    Plot: load('@observablehq/plot') as Plot,
    document: new DOMParser().parseFromString('<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml'),
  }
}
