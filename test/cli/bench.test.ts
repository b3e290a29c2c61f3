import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'

const relax = fileURLToPath(new URL('../../dist/cli/relax.js', import.meta.url))

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'bench-test-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the command; `during` sees the process while it runs. */
async function bench(args: string[], during: (line: string, pid: number, kill: () => void) => void = () => {}): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [relax, 'bench', ...args], { cwd: folder })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (text) => (stdout += text))
  child.stderr.on('data', (text) => {
    stderr += text
    during(String(text), child.pid!, () => child.kill('SIGINT'))
  })
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, stdout, stderr }
}

/** Where /proc tells; elsewhere none. */
function childrenOf(pid: number): string[] {
  const list = `/proc/${pid}/task/${pid}/children`
  return existsSync(list) ? readFileSync(list, 'utf8').trim().split(' ').filter((child) => child !== '') : []
}

interface Report {
  machine: { cpu: string; cores: number; node: string }
  cases: { id: string; rows: { by: string; name: string; threads: number; seconds: { median: number; rounds: number[] }; error?: number; peakMemory?: number; ratios?: object }[] }[]
}

it('compares results, names the machine, and writes JSON and a figure', async () => {
  const { code, stdout, stderr } = await bench(['w2', 'w3-1d', '--quick', '--json', '--out', 'results'])
  expect([code, stderr.includes('error')]).toEqual([0, false])
  const report = JSON.parse(stdout) as Report
  expect(report.machine.node).toBe(process.versions.node)
  expect(report.cases.map(({ id }) => id)).toEqual(['w2-1d', 'w2-2d', 'w3-1d'])
  for (const { id, rows } of report.cases) {
    expect(rows.some(({ by }) => by === 'ours')).toBe(true)
    for (const { error, seconds, threads } of rows) {
      expect(error).toBeLessThan(id.startsWith('w2') ? 1e-13 : 1e-3)
      expect(seconds.rounds.every((time) => time > 0)).toBe(true)
      expect([1, 2]).toContain(threads)
    }
  }
  expect(JSON.parse(readFileSync(join(folder, 'results', 'latest.json'), 'utf8'))).toEqual(report)
  expect(readFileSync(join(folder, 'results', 'work-precision.svg'), 'utf8')).toMatch(/^<svg/)
}, 120_000)

it('refuses an unknown case', async () => {
  expect(await bench(['w9'])).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^relax bench: case must be one of 'w1-1d', .*, got "w9"\n$/) as string })
  expect(existsSync(join(folder, 'results'))).toBe(false)
}, 30_000)

it('stops at an interrupt and leaves no process behind', async () => {
  const children = new Set<string>()
  const { code, stderr } = await bench(['w4'], (line, pid, kill) => {
    if (!line.includes('warming up')) return
    for (const child of childrenOf(pid)) children.add(child)
    kill()
  })
  expect([code, stderr.endsWith('relax: interrupted (relax bench: cancelled)\n')]).toEqual([130, true])
  await expect.poll(() => [...children].filter((pid) => existsSync(`/proc/${pid}`)), { timeout: 10_000 }).toEqual([])
}, 120_000)
