import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ArgumentError, FileError } from '../../lib/core/errors.ts'
import { renderSvg } from '../../lib/figure/svg.ts'
import { publish } from '../../lib/report/files.ts'
import { writeReport } from '../../lib/report/html.ts'
import { formula, prose } from '../../lib/report/mathematics.ts'
import { claims, verdicts } from './fixtures.ts'

const date = new Date('2030-02-03T04:05:06Z')
let folder: string
let html: string
let words: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-'))
  await writeFile(join(folder, 'notes.txt'), 'mine')
  const path = await writeReport(join(folder, '.'), verdicts, claims, { date })
  expect(path).toBe(join(folder, 'index.html'))
  html = await readFile(path, 'utf8')
  const { parseHTML } = createRequire(import.meta.url)('linkedom')
  const { document } = parseHTML(html)
  for (const element of document.querySelectorAll('style, svg')) element.remove()
  words = document.body.textContent.replace(/\s+/g, ' ')
})

afterAll(() => rm(folder, { recursive: true }))

describe('the page', () => {
  test('needs nothing but itself: no scripts, no network, links to its own files only', async () => {
    expect(html).not.toMatch(/<script|@import|url\(['"]?(?!#)|\bsrc=/)
    for (const [, target] of html.matchAll(/href="([^"]*)"/g)) {
      if (target.startsWith('figures/')) await readFile(join(folder, target))
      else if (target.startsWith('#')) expect(html).toContain(`id="${target.slice(1)}"`)
      else expect(target).toMatch(/^data:/)
    }
  })

  test('has no id twice', () => {
    const ids = Array.from(html.matchAll(/\sid="([^"]*)"/g), (match) => match[1])
    expect(ids).toEqual(expect.arrayContaining(verdicts.map(({ id }) => id)))
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('says when, where and how it was computed', () => {
    expect(words).toContain('2030-02-03 04:05 UTC')
    expect(words).toContain(process.version)
    expect(words).toContain('quick')
    expect(words).toContain('9.94 s in all')
    expect(words).toContain('Of 3 claims: 1 holds, 1 holds with correction, 1 fails.')
  })

  test('says the verdict in a word, on its colour', () => {
    expect(html).toContain('<span class="verdict good">holds</span>')
    expect(html).toContain('<span class="verdict good">holds with correction</span>')
    expect(html).toContain('<span class="verdict bad">fails</span>')
  })

  test('tells the whole story of a claim', () => {
    for (const part of ['As printed', 'What is wrong with it. The infimum formula solves', 'Hypotheses.', 'Broken on purpose. The viscosity',
      'declared order 5 less half the gap', 'Measured on the broken run', 'beta = [0.5,5,50,5000]', 'gamma = 0.3', 'dimension = {"largest":2}',
      'holds, though it must fail', 'which leaves the claim without proof']) expect(words).toContain(part)
    expect(html.match(/<math/g)!.length).toBeGreaterThan(8)
    for (const verdict of verdicts) expect(html).toContain(renderSvg(verdict.figure).trim())
  })

  test('gives the command that reproduces it, with the seed when it is not the own one', () => {
    expect(words).toContain('npx relax verify cole-hopf --tier quick Seed1 ')
    expect(words).toContain('npx relax verify vanishing-viscosity --tier quick --seed 77')
    expect(words).toContain("77 (the claim's own is 2)")
  })

  test('shows numbers that a person can read, and every text as it stands', () => {
    expect(words).not.toMatch(/\d\.\d{8,}/)
    expect(words).toContain('3.12×10⁻¹³')
    expect(words).toContain('1.00004')
    expect(words).toContain('<at rate 1/β>')
    expect(html).not.toContain('<at rate')
    expect(words).toContain('costs $0.')
  })

  test('stands beside its figures and what was there before', async () => {
    expect((await readdir(folder)).sort()).toEqual(['figures', 'index.html', 'notes.txt'])
    expect((await readdir(join(folder, 'figures'))).sort()).toEqual(verdicts.flatMap(({ id }) => [`${id}.png`, `${id}.svg`]).sort())
    expect(await readFile(join(folder, 'notes.txt'), 'utf8')).toBe('mine')
    expect(await readFile(join(folder, 'figures', 'cole-hopf.svg'), 'utf8')).toBe(renderSvg(verdicts[0].figure))
  })

  test('is the same for the same verdicts', async () => {
    await writeReport(folder, verdicts, claims, { date })
    expect(await readFile(join(folder, 'index.html'), 'utf8')).toBe(html)
  })
})

describe('what cannot be written', () => {
  const fresh = (): Promise<string> => mkdtemp(join(tmpdir(), 'report-'))

  test('a file in the folder\'s place is an error that names the folder', async () => {
    const place = join(folder, 'notes.txt')
    await expect(writeReport(place, verdicts.slice(2), claims)).rejects.toThrow(FileError)
    await expect(writeReport(place, verdicts.slice(2), claims)).rejects.toThrow(`writeReport: folder must be writable, got "${place}" (EEXIST)`)
    await expect(writeReport(join(place, 'deep'), verdicts.slice(2), claims)).rejects.toThrow('(ENOTDIR)')
    expect(await readFile(place, 'utf8')).toBe('mine')
  })

  test('a place where no folder can be made is refused, not waited for', async () => {
    await expect(publish('test', '/proc/nowhere/deep', new Map([['a', '1']]))).rejects.toThrow(FileError)
  })

  test('a failure half way leaves everything as it was', async () => {
    const place = await fresh()
    await writeFile(join(place, 'a.txt'), 'old')
    await mkdir(join(place, 'c.txt'))
    const files = new Map([['a.txt', 'new'], ['sub/b.txt', 'new'], ['c.txt', 'new']])
    await expect(publish('test', place, files)).rejects.toThrow(`test: folder must be writable, got ${JSON.stringify(place)} (EISDIR)`)
    expect((await readdir(place)).sort()).toEqual(['a.txt', 'c.txt'])
    expect(await readFile(join(place, 'a.txt'), 'utf8')).toBe('old')
    await rm(join(place, 'c.txt'), { recursive: true })
    expect(await publish('test', place, files)).toBe(join(place, 'c.txt'))
    expect((await readdir(place)).sort()).toEqual(['a.txt', 'c.txt', 'sub'])
    expect(await readFile(join(place, 'a.txt'), 'utf8')).toBe('new')
    await rm(place, { recursive: true })
  })

  test('bad arguments are refused before a folder is made', async () => {
    const place = join(folder, 'never')
    const [verdict] = verdicts
    const broken = { ...verdict, figure: { title: 'T', panels: [] } }
    const cases: [unknown[], RegExp][] = [
      [['', verdicts, claims], /writeReport: folder must be a non-empty string, got ""/],
      [[place, [], claims], /verdicts must be a list of at least one verdict, got \[\]/],
      [[place, verdicts, claims.slice(1)], /a verdict must be about one of the claims, got "cole-hopf"/],
      [[place, [verdict, verdict], claims], /verdicts must be one for each claim/],
      [[place, [{ ...verdict, id: '../x' }], [{ ...claims[0], id: '../x' }]], /a claim's id must be in kebab-case, got "..\/x"/],
      [[place, verdicts, claims, { date: new Date(NaN) }], /date must be a valid Date/],
      [[place, verdicts, claims, { day: date }], /options must be one of date/],
      [[place, [broken], claims], /figure.panels must be a list/],
      [[place, [verdict], [{ ...claims[0], statement: '\\frac{a' }]], /the cole-hopf claim's statement must be TeX, got/],
      [[place, [verdict], [{ ...claims[0], hypotheses: 'one $ alone' }]], /hypotheses must be text with pairs of \$/],
    ]
    for (const [given, message] of cases) {
      const written = writeReport(...(given as Parameters<typeof writeReport>))
      await expect(written).rejects.toThrow(ArgumentError)
      await expect(written).rejects.toThrow(message)
    }
    expect(await readdir(folder)).not.toContain('never')
  })
})

test('formulas become MathML and the text around them is escaped', () => {
  expect(formula('x < \\beta', 'f')).toMatch(/^<math.*&lt;.*β.*<\/math>$/)
  expect(prose('a < b & $x^2$ for \\$1', 'p')).toMatch(/^a &lt; b &amp; <math.*<\/math> for \$1$/)
})
