import { startUp } from './start-up.mjs'
import { w1 } from './w1.mjs'
import { w2 } from './w2.mjs'
import { w3 } from './w3.mjs'
import { w4 } from './w4.mjs'
import { w5 } from './w5.mjs'
import { w6 } from './w6.mjs'
import { w7 } from './w7.mjs'

/**
 * One way to a result. `run` is timed as a whole; what it returns is compared with the case's reference.
 * @typedef {{ name: string, threads: number, setting?: string, run: () => ArrayLike<number> | Promise<ArrayLike<number>> }} Run
 *
 * Sizes of one run and what is done at each; the time's growth is fitted over them.
 * @typedef {{ name: string, sizes: number[], at: (size: number) => () => unknown }} Ladder
 *
 * A workload: its parameters, the toolkit's runs, the peers' programs and what says how far off a result is. A case without a reference compares times only. The parameters are plain data; `quick` ones take seconds.
 * @typedef {{
 *   id: string,
 *   title: (parameters: Record<string, number>) => string,
 *   statement: string,
 *   measure?: string,
 *   parameters: (quick: boolean) => Record<string, number>,
 *   ours: (parameters: Record<string, number>) => Promise<Run[]>,
 *   c?: { source: string, args: (parameters: Record<string, number>) => string[], needs?: import('../engine/machine.mjs').Tool },
 *   python?: { source: string, needs?: import('../engine/machine.mjs').Tool },
 *   reference?: (parameters: Record<string, number>) => Promise<(result: Float64Array) => number>,
 * }} Case
 */

/** @type {readonly Case[]} */
export const cases = [...w1, ...w2, ...w3, ...w4, ...w5, ...w6, ...w7, ...startUp]
