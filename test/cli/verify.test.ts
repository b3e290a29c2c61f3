import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { claims } from '../../lib/claims/index.ts'
import type { Verdict } from '../../lib/claims/claim.ts'
import { filesIn, inEmptyFolder, relax } from './support.ts'

describe('relax list', () => {
  it('has a line for each claim', async () => {
    const { code, stdout, stderr } = await relax('list')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual(claims.map(({ id, paper, title }) => [id, paper, title]))
  })

  it('prints one JSON document', async () => {
    const { stdout } = await relax('list', '--json')
    expect(JSON.parse(stdout)).toEqual(claims.map(({ id, paper, title }) => ({ id, paper, title })))
  })
})

describe('relax verify', () => {
  it('shows progress and the table, and writes the report', () => inEmptyFolder(async (folder) => {
    const { code, stdout, stderr } = await relax('verify', 'hopf-lax', '--out', 'made/here')
    expect(code).toBe(0)
    const lines = stderr.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^\[1\/1\] hopf-lax \(quick\) 0\.0 s: /)
    expect(lines.at(-1)).toMatch(/^\[1\/1\] hopf-lax \(quick\) \d+\.\d s: holds$/)
    const table = stdout.split('\n')
    expect(table[0].split(/ {2,}/)).toEqual(['claim', 'verdict', 'measured', 'bound', 'control'])
    expect(table[1]).toMatch(/^hopf-lax {2,}holds /)
    expect(stdout).toMatch(/\nreport: .*made\/here\/index\.html\n$/)
    expect(readFileSync('made/here/index.html', 'utf8')).toContain('hopf-lax')
    expect(filesIn(folder).filter((file) => !file.startsWith('made'))).toEqual([])
  }))

  it('prints the verdicts as one JSON document, with the seed that was given, and then writes no report', () => inEmptyFolder(async (folder) => {
    const { code, stdout } = await relax('verify', 'hopf-lax', '--seed', '7', '--json')
    const verdicts = JSON.parse(stdout) as Verdict[]
    expect(verdicts).toMatchObject([{ id: 'hopf-lax', seed: 7, tier: 'quick', verdict: 'holds', control: { failed: true } }])
    expect({ code, files: filesIn(folder), report: existsSync('report') }).toEqual({ code: 0, files: [], report: false })
  }))
})
