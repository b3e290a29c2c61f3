import { exponent, median } from './statistics.mjs'

/**
 * Times of a ladder's sizes in turns, and the exponent of their growth by least squares of the logarithms. Runs shorter than `repeatFor` seconds are repeated.
 * @param {import('../cases/index.mjs').Ladder} ladder
 * @param {{ rounds: number, repeatFor: number, warmFor: number }} effort
 */
export async function climb({ name, sizes, at }, { rounds, repeatFor, warmFor }) {
  const rungs = []
  for (const size of sizes) {
    const run = at(size)
    let seconds = 0
    for (let spent = 0; spent < warmFor; spent += seconds) seconds = await timed(run, 1)
    rungs.push({ run, repetitions: Math.max(1, Math.round(repeatFor / seconds)), times: /** @type {number[]} */ ([]) })
  }
  for (let round = 0; round < rounds; round++) for (const rung of rungs) rung.times.push(await timed(rung.run, rung.repetitions))
  const seconds = rungs.map(({ times }) => median(times))
  return { name, sizes, seconds, exponent: exponent(sizes, seconds) }
}

/** @param {() => unknown} run @param {number} repetitions */
async function timed(run, repetitions) {
  const start = performance.now()
  for (let k = 0; k < repetitions; k++) await run()
  return (performance.now() - start) / 1000 / repetitions
}
