import { brownianWalk } from '../random/brownian-walk.ts'
import { uniforms } from '../random/index.ts'
import { stepPath } from '../sde/method.ts'
import type { Method, StepPath } from '../sde/method.ts'
import type { System } from '../sde/system.ts'

/** Neighbouring Wiener paths on [0, 1], as steps of every length 2^−j see them. */
export interface PathPyramid {
  count: number
  /** W(1), component-major. */
  end: Float64Array
  /** What each of the 2^level steps sees. */
  levels: readonly (readonly StepPath[])[]
}

/**
 * One walk for all step lengths: the increments, time areas and Lévy areas of two neighbouring steps are joined to those of one of twice the length, and the halves are the
 * steps joined. The finest steps have no halves, and their Lévy areas, which nothing finer shows, are left out of all: what is coarser sees the same ones.
 */
export function pathPyramid({ seed, first, count, noiseDim, finest }: { seed: number; first: number; count: number; noiseDim: number; finest: number }): PathPyramid {
  const size = noiseDim * count
  const areas = ((noiseDim * (noiseDim - 1)) / 2) * count
  const depth = Math.log2(finest)
  const paths = Uint32Array.from({ length: count }, (_, i) => first + i)
  const walk = brownianWalk({ seed, paths, dim: noiseDim, dt: 2 ** -depth, timeAreas: true })
  const stretch = (from: number, to: number): StepPath => {
    const seen = stepPath(new Float64Array(size), { timeArea: new Float64Array(size), areas: new Float64Array(areas) })
    if (to > from) walk.advance(to, seen.increment, seen.timeArea)
    return seen
  }
  const levels: StepPath[][] = Array.from({ length: depth + 1 }, () => [])
  levels[depth] = Array.from({ length: finest }, (_, k) => stretch(k, k + 1))
  for (let level = depth - 1; level >= 0; level--) {
    const finer = levels[level + 1]
    levels[level] = Array.from({ length: 2 ** level }, (_, k) => join(finer[2 * k], finer[2 * k + 1], noiseDim, count))
  }
  // The step after the last one, of each length: the walk goes on.
  let after = stretch(finest, finest + 1)
  for (let level = depth; level >= 0; level--) {
    const steps = levels[level]
    const chances = uniforms(seed, [chance, first, level], count * steps.length)
    levels[level] = steps.map((seen, k) => ({
      ...seen, next: (steps[k + 1] ?? after).increment, nextDt: 1 / steps.length, uniforms: chances.subarray(k * count, (k + 1) * count),
    }))
    if (level > 0) after = join(after, stretch(finest + 2 ** (depth - level), finest + 2 ** (depth - level + 1)), noiseDim, count)
  }
  walk.release()
  return { count, end: levels[0][0].increment, levels }
}

/** Tells these uniforms from other streams of a seed. */
const chance = 0x6163636a

function join(first: StepPath, second: StepPath, noiseDim: number, count: number): StepPath {
  const [v, w] = [first.increment, second.increment]
  const areas = first.areas.slice()
  for (let j = 0, at = 0; j < noiseDim; j++) {
    for (let k = j + 1; k < noiseDim; k++) {
      for (let i = 0; i < count; i++, at++) areas[at] += second.areas[at] + 0.5 * (v[j * count + i] * w[k * count + i] - v[k * count + i] * w[j * count + i])
    }
  }
  return stepPath(v.map((value, i) => value + w[i]), {
    timeArea: first.timeArea.map((value, i) => 0.5 * (value + second.timeArea[i]) + 0.25 * (v[i] - w[i])), areas, halves: [v, w],
  })
}

/** Points at time 1, component-major, of all paths from one point by 2^level steps. */
export function marchToOne(system: System, method: Method, initial: readonly number[], { count, levels }: PathPyramid, level: number): Float64Array {
  const x = Float64Array.from({ length: initial.length * count }, (_, i) => initial[Math.floor(i / count)])
  const step = method.prepare(system, count)
  const dt = 2 ** -level
  for (const [k, seen] of levels[level].entries()) step(x, k * dt, dt, seen)
  return x
}
