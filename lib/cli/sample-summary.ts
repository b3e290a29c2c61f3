import type { Ensemble } from '../sde/ensemble.ts'
import type { Potential } from '../potential/potential.ts'
import type { Estimate } from '../stats/estimate.ts'

/** What the command line may give. */
export interface SampleFlags {
  potential?: string
  parameter?: [string, number][]
  beta?: number
  dt?: number
  time?: number
  paths?: number
  initial?: number[]
  method?: string
  seed?: number
  threads?: number
  out?: string
  plot?: string
  json?: true
}

export interface SampleDocument {
  equation: 'overdamped-langevin'
  potential: string
  parameters?: Record<string, number>
  beta: number
  initial: number[]
  dt: number
  time: number
  paths: number
  method: string
  seed: number
  diverged: number
  /** Mean of each coordinate at the end, and of its square. */
  mean: Estimate[]
  meanSquare: Estimate[]
  /** Of two paths or more. */
  covariance?: number[][]
  out?: string
  plot?: string
}

type Settings = Pick<SampleDocument, 'initial' | 'dt' | 'time' | 'paths' | 'method' | 'seed'>

/** The summary as plain data, as `--json` prints it. */
export function sampleDocument(potential: Potential, flags: SampleFlags, settings: Settings, ensemble: Ensemble): SampleDocument {
  const { dim, diverged } = ensemble
  const coordinates = Array.from({ length: dim }, (_, k) => k)
  const covariance = ensemble.paths - diverged < 2 ? undefined : ensemble.covariance()
  return {
    equation: 'overdamped-langevin',
    potential: potential.name,
    ...(flags.parameter && { parameters: Object.fromEntries(flags.parameter) }),
    beta: flags.beta!,
    ...settings,
    diverged,
    mean: coordinates.map((k) => ensemble.mean((x) => x[k])),
    meanSquare: coordinates.map((k) => ensemble.mean((x) => x[k] * x[k])),
    ...(covariance && { covariance: coordinates.map((k) => coordinates.map((l) => covariance.get(k, l))) }),
    ...(flags.out !== undefined && { out: flags.out }),
    ...(flags.plot !== undefined && { plot: flags.plot }),
  }
}

/** The summary for people. */
export function sampleLines({ potential, parameters, beta, initial, dt, time, paths, method, seed, diverged, mean, meanSquare, out, plot }: SampleDocument): string[] {
  const numbers = Object.entries({ ...parameters, beta, dt, time, method, seed }).map(([name, value]) => `${name} ${value}`)
  return [
    `overdamped Langevin equation of ${potential}`,
    `with   ${numbers.join(', ')}`,
    `paths  ${paths} from (${initial.join(', ')}), ${diverged} diverged`,
    ...mean.map((estimate, k) => `x${mean.length > 1 ? k + 1 : ''}`.padEnd(7) + `mean ${text(estimate)}, mean square ${text(meanSquare[k])}`),
    ...(out === undefined ? [] : [`out    ${out}`]),
    ...(plot === undefined ? [] : [`plot   ${plot}`]),
  ]
}

function text({ estimate, standardError }: Estimate): string {
  return `${Number(estimate.toPrecision(6))} ± ${Number(standardError.toPrecision(2))}`
}
