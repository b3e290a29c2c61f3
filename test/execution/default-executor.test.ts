import { expect, it } from 'vitest'
import { executorFor } from '../../lib/execution/default-executor.ts'
import { inline } from '../../lib/execution/executor.ts'
import { landscapes, potential } from '../../lib/potential/index.ts'
import { overdampedLangevin } from '../../lib/sde/overdamped-langevin.ts'
import { simulate } from '../../lib/sde/simulate.ts'

const large = 1e9
const portable = { potential: landscapes.doubleWell() }

it('takes threads for large work that can be sent to them only', () => {
  const closure = { potential: potential({ dim: 1, value: (x) => x[0] ** 2 }) }
  expect(executorFor(undefined, large, [portable, portable]).name).toBe('threads')
  expect(executorFor(undefined, 1e6, [portable, portable]).name).toBe('inline')
  expect(executorFor(undefined, large, [portable]).name).toBe('inline')
  expect(executorFor(undefined, large, [closure, closure]).name).toBe('inline')
  const own = inline()
  expect(executorFor(own, large, [portable, portable])).toBe(own)
})

it('gives the numbers of the calling thread', async () => {
  const equation = overdampedLangevin({ potential: landscapes.doubleWell(), beta: 4 })
  const options = { initial: [0.5], dt: 0.01, time: 5, paths: 130_000, seed: 1, method: 'euler-maruyama' }
  expect((await simulate(equation, options)).final.data).toEqual((await simulate(equation, { ...options, executor: inline() })).final.data)
})
