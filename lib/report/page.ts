import { refuse } from '../core/arguments.ts'
import type { Claim, Verdict } from '../claims/claim.ts'
import { escapeMarkup, numberText } from '../figure/text.ts'
import { checkTexts, controlText, decidingCheck } from './deciding.ts'
import { badge, claimSection, outcome } from './section.ts'
import type { Drawn } from './section.ts'
import { style } from './style.ts'

/** What a report says about the run as a whole. */
export interface RunData {
  date: Date
  nodeVersion: string
}

/** The claim that a verdict is about. @throws ArgumentError when it is not among them */
export function claimOf(where: string, verdict: Verdict, claims: readonly Claim[]): Claim {
  return claims.find((claim) => claim.id === verdict.id) ?? refuse(where, 'a verdict', 'about one of the claims', verdict.id)
}

/** The report as one HTML page. `drawn` holds the figure of each verdict as inline SVG. */
export function reportPage(verdicts: readonly Verdict[], claims: readonly Claim[], drawn: readonly Drawn[], run: RunData): string {
  const sections = verdicts.map((verdict, k) => claimSection(claimOf('writeReport', verdict, claims), verdict, drawn[k]))
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Deep Relaxation: verdicts</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main>
<h1>Deep Relaxation, held to account</h1>
<p>Each row below is a statement of the paper, computed: what was measured, the bound that theory sets, and a control in which something is
broken on purpose, so that the check can be seen to fail. ${summary(verdicts)}</p>
${runTable(verdicts, claims, run)}
<h3>Verdicts</h3>
${verdictTable(verdicts, claims)}
${sections.join('\n')}
<footer><p>Written by deep-relaxation. Figures are also in the folder <code>figures</code>, as SVG and PNG.</p></footer>
</main>
</body>
</html>
`
}

function summary(verdicts: readonly Verdict[]): string {
  const words: Verdict['verdict'][] = ['holds', 'holds with correction', 'fails', 'reported']
  const counts = words.map((word) => ({ word, count: verdicts.filter(({ verdict }) => verdict === word).length })).filter(({ count }) => count > 0)
  return `Of ${verdicts.length} claim${verdicts.length === 1 ? '' : 's'}: ${counts.map(({ word, count }) => `${count} ${phrase(word, count)}`).join(', ')}.`
}

function phrase(word: Verdict['verdict'], count: number): string {
  if (count === 1 || word === 'reported') return word
  return word === 'fails' ? 'fail' : word.replace('holds', 'hold')
}

function runTable(verdicts: readonly Verdict[], claims: readonly Claim[], { date, nodeVersion }: RunData): string {
  const own = verdicts.every((verdict) => verdict.seed === claimOf('writeReport', verdict, claims).seed)
  const seeds = [...new Set(verdicts.map(({ seed }) => seed))]
  const rows = [
    ['Tier', [...new Set(verdicts.map(({ tier }) => tier))].join(', ')],
    ['Date', `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`],
    ['Seed', seeds.length === 1 ? `${seeds[0]}${own ? ", the claims' own" : ''}` : own ? "each claim's own" : seeds.join(', ')],
    ['Node', nodeVersion],
    ['Time', `${numberText(verdicts.reduce((sum, { seconds }) => sum + seconds, 0))} s in all, controls included`],
  ]
  return `<dl>${rows.map(([name, value]) => `<dt>${name}</dt><dd>${escapeMarkup(value)}</dd>`).join('')}</dl>`
}

function verdictTable(verdicts: readonly Verdict[], claims: readonly Claim[]): string {
  const rows = verdicts.map((verdict) => {
    const check = decidingCheck(verdict)
    const texts = check === undefined ? { measured: '', bound: '' } : checkTexts(check, 'typeset')
    const name = check === undefined ? '' : `<br>${escapeMarkup(check.name)}`
    const { title } = claimOf('writeReport', verdict, claims)
    const control = verdict.control === null ? 'none' : outcome(controlText(verdict), verdict.control.failed)
    return `<tr><td class="name"><a href="#${verdict.id}">${verdict.id}</a><br>${escapeMarkup(title)}</td><td>${badge(verdict)}</td>` +
      `<td class="name"><span class="number">${texts.measured}</span>${name}</td><td class="number">${texts.bound}</td><td>${control}</td></tr>`
  })
  return `<div class="scroll"><table><thead><tr><th>Claim</th><th>Verdict</th><th>Measured</th><th>Bound</th><th>Control</th></tr></thead>` +
    `<tbody>${rows.join('\n')}</tbody></table></div>`
}
