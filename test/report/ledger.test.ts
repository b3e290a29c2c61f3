import { describe, expect, test } from 'vitest'
import type { CheckResult, Verdict } from '../../lib/claims/claim.ts'
import { ArgumentError } from '../../lib/core/errors.ts'
import { checkTexts, decidingCheck } from '../../lib/report/deciding.ts'
import { insertLedger } from '../../lib/report/readme.ts'
import { ledgerTable } from '../../lib/report/table.ts'
import { check, claims, verdicts } from './fixtures.ts'

describe('the one check that stands for a verdict', () => {
  const chosen = (...checks: CheckResult[]): string | undefined => decidingCheck({ ...verdicts[0], checks })?.name

  test('is the one with the least room to its bound, whatever the scale and direction', () => {
    expect(chosen(check('far', 1e-13, 'at most', 1e-10), check('near', 0.9, 'at most', 1))).toBe('near')
    expect(chosen(check('order', 4.6, 'at least', 4.5), check('error', 0.9, 'at most', 1))).toBe('order')
    expect(chosen(check('slope', -1, 'at most', -0.99), check('error', 0.5, 'at most', 1))).toBe('slope')
  })

  test('is the failed one, and of several the worst', () => {
    expect(chosen(check('tight', 1, 'at most', 1), check('failed', 2, 'at most', 1))).toBe('failed')
    expect(chosen(check('slightly', 1.1, 'at most', 1), check('badly', 0.1, 'at least', 1))).toBe('badly')
    expect(chosen(check('badly', 100, 'at most', 1), check('not a number', NaN, 'at most', 1))).toBe('not a number')
  })

  test('is not a count that is 0 as it must be, when there is another', () => {
    expect(chosen(check('violations', 0, 'at most', 0), check('error', 0.1, 'at most', 1))).toBe('error')
    expect(chosen(check('violations', 0, 'at most', 0))).toBe('violations')
    expect(chosen(check('violations', 3, 'at most', 0), check('error', 0.1, 'at most', 1))).toBe('violations')
    expect(chosen()).toBeUndefined()
  })

  test('never looks as if it met a bound that it misses', () => {
    expect(checkTexts(check('c', 1.0000004, 'at most', 1), 'plain')).toEqual({ measured: '1.0000004', bound: '≤ 1' })
  })
})

describe('the table for a terminal', () => {
  const columns = (line: string): number => [...line].length

  test('is aligned and fits its width', () => {
    for (const width of [100, 84]) {
      const lines = ledgerTable(verdicts, { width })
      expect(lines).toHaveLength(verdicts.length + 1)
      for (const line of lines) expect(columns(line)).toBeLessThanOrEqual(width)
      for (const heading of ['verdict', 'bound', 'control']) {
        const start = lines[0].indexOf(heading)
        for (const line of lines.slice(1)) expect([...line].slice(start - 2, start).join('')).toBe('  ')
      }
    }
    expect(ledgerTable(verdicts)[1]).toMatch(/^cole-hopf +holds +4\.98 observed order +≥ 4\.5 +fails as it must$/)
    expect(ledgerTable(verdicts)[3]).toMatch(/^semiconcavity +fails +1\.00004 largest second diff.* +≤ 1 +does not fail$/)
  })

  test('gives up the names of the checks before its numbers', () => {
    const [, line] = ledgerTable(verdicts, { width: 40 })
    expect(line).toMatch(/^cole-hopf +holds +4\.98 +≥ 4\.5 +fails as it must$/)
  })

  test('colours change no alignment', () => {
    const style = (text: string, role: string): string => `<${role}>${text}</${role}>`
    const plain = ledgerTable(verdicts)
    const painted = ledgerTable(verdicts, { style })
    expect(painted.map((line) => line.replace(/<[^>]*>/g, '').trimEnd())).toEqual(plain)
    expect(painted[3]).toContain('<fails>fails</fails>')
    expect(painted[3]).toContain('<fails>does not fail</fails>')
    expect(painted[2]).toContain('<holds>holds with correction</holds>')
  })

  test('shows a comparison without control', () => {
    const reported: Verdict = { ...verdicts[0], verdict: 'reported', control: null, checks: [] }
    expect(ledgerTable([reported])[1]).toMatch(/^cole-hopf +reported +none$/)
  })
})

describe('the table in the README', () => {
  const readme = '# Title\n\n<!-- ledger:begin -->\nstale\n<!-- ledger:end -->\n\nThe end.\n'

  test('replaces what is between the marks and nothing else', () => {
    const renewed = insertLedger(readme, verdicts, claims)
    expect(renewed).toMatch(/^# Title\n\n<!-- ledger:begin -->\n\| claim \|[^]*\|\n<!-- ledger:end -->\n\nThe end\.\n$/)
    expect(renewed).not.toContain('stale')
    expect(renewed).toContain('| `cole-hopf` | Local entropy solves the viscous Hamilton–Jacobi equation | holds | 4.98 (observed order) | ≥ 4.5 | fails as it must |')
    expect(insertLedger(renewed, verdicts, claims)).toBe(renewed)
  })

  test('keeps its cells whatever the texts contain', () => {
    const [claim] = claims
    const table = insertLedger(readme, [verdicts[0]], [{ ...claim, title: '|x| <b> `c`\nnext $& $1' }])
    const row = table.split('\n').find((line) => line.startsWith('| `cole-hopf`'))!
    expect(row).toContain(' \\|x\\| \\<b\\> \\`c\\` next $& $1 |')
    expect(row.replace(/\\\|/g, '').split('|')).toHaveLength(8)
  })

  test('is refused without its marks', () => {
    for (const bad of ['', 'none', '<!-- ledger:end --><!-- ledger:begin -->', `${readme}${readme}`]) {
      expect(() => insertLedger(bad, verdicts, claims)).toThrow(ArgumentError)
    }
    expect(() => insertLedger(readme, verdicts, [])).toThrow('insertLedger: a verdict must be about one of the claims, got "cole-hopf"')
  })
})
