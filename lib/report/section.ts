import type { CheckResult, Claim, Verdict } from '../claims/claim.ts'
import { escapeMarkup, numberText } from '../figure/text.ts'
import { checkTexts } from './deciding.ts'
import { formula, prose } from './mathematics.ts'

/** A figure as inline SVG, for wide and for narrow screens. */
export interface Drawn {
  wide: string
  narrow: string
}

/** Everything about one claim. @throws ArgumentError on TeX that cannot be read */
export function claimSection(claim: Claim, verdict: Verdict, drawn: Drawn): string {
  const { id, seed } = verdict
  const name = `the ${id} claim's`
  const command = `npx relax verify ${id} --tier ${verdict.tier}${seed === claim.seed ? '' : ` --seed ${seed}`}`
  return `<section id="${id}">
<p class="id"><code>${id}</code> ${badge(verdict)} <span>${escapeMarkup(claim.source)}</span></p>
<h2>${escapeMarkup(claim.title)}</h2>
<div class="statement">${formula(claim.statement, `${name} statement`, true)}</div>
<p><strong>Hypotheses.</strong> ${prose(claim.hypotheses, `${name} hypotheses`)}</p>
${claim.corrected === undefined ? '' : printedForm(claim.corrected, name)}
<h3>Checks</h3>
${checksTable(verdict.checks)}
<figure><div class="wide">${drawn.wide}</div><div class="narrow">${drawn.narrow}</div>
<figcaption><a href="figures/${id}.svg">SVG</a> <a href="figures/${id}.png">PNG</a></figcaption></figure>
<h3>Control</h3>
${controlPart(verdict, name)}
<h3>Reproduce</h3>
<pre><code>${command}</code></pre>
<dl><dt>Seed</dt><dd>${seed}${seed === claim.seed ? '' : ` (the claim's own is ${claim.seed})`}</dd>
<dt>Time</dt><dd>${numberText(verdict.seconds)} s, control included</dd>
<dt>Parameters</dt><dd>${parameters(verdict.parameters)}</dd></dl>
</section>`
}

/** The verdict as a word on its colour. */
export function badge({ verdict }: Verdict): string {
  const kind = verdict === 'fails' ? 'bad' : verdict === 'reported' ? 'open' : 'good'
  return `<span class="verdict ${kind}">${verdict}</span>`
}

export function outcome(words: string, good: boolean): string {
  return `<span class="verdict ${good ? 'good' : 'bad'}">${words}</span>`
}

function printedForm({ printed, wrong }: NonNullable<Claim['corrected']>, name: string): string {
  return `<div class="printed"><p><strong>As printed</strong></p><div class="statement">${formula(printed, `${name} printed form`, true)}</div>` +
    `<p><strong>What is wrong with it.</strong> ${prose(wrong, `${name} account of what is wrong`)}</p></div>`
}

function checksTable(checks: readonly CheckResult[]): string {
  const rows = checks.map((check) => {
    const { measured, bound } = checkTexts(check, 'typeset')
    return `<tr><td class="name">${escapeMarkup(check.name)}</td><td class="number">${measured}</td><td class="number">${bound}</td>` +
      `<td>${outcome(check.holds ? 'holds' : 'fails', check.holds)}</td><td class="reason">${escapeMarkup(check.reason)}</td></tr>`
  })
  return `<div class="scroll"><table><thead><tr><th>Check</th><th>Measured</th><th>Bound</th><th>Outcome</th><th>Where the bound comes from</th></tr></thead>` +
    `<tbody>${rows.join('\n')}</tbody></table></div>`
}

function controlPart({ control }: Verdict, name: string): string {
  if (control === null) return '<p>This claim is a comparison: it has no control.</p>'
  const told = control.checks.filter((check) => control.mustFail.includes(check.name))
  const rows = told.map((check) => {
    const { measured, bound } = checkTexts(check, 'typeset')
    return `<tr><td class="name">${escapeMarkup(check.name)}</td><td class="number">${measured}</td><td class="number">${bound}</td>` +
      `<td>${outcome(check.holds ? 'holds, though it must fail' : 'fails as it must', !check.holds)}</td></tr>`
  })
  const others = control.checks.length - told.length
  const rest = others === 0 ? '' : ` The other ${others === 1 ? 'check was' : `${others} checks were`} free to hold or fail.`
  return `<p><strong>Broken on purpose.</strong> ${prose(control.broken, `${name} control`)}</p>` +
    `<p>The check${told.length === 1 ? '' : 's'} below had to fail on the broken run${control.failed ? ' and did' : ': the control did not fail as declared, which leaves the claim without proof'}.${rest}</p>` +
    `<div class="scroll"><table><thead><tr><th>Check</th><th>Measured on the broken run</th><th>Bound</th><th>Outcome</th></tr></thead>` +
    `<tbody>${rows.join('\n')}</tbody></table></div>`
}

/** Parameters as names and values, numbers to at most six digits. */
function parameters(given: object): string {
  const short = (_: string, value: unknown): unknown => (typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value)
  const entries = Object.entries(given)
  if (entries.length === 0) return 'none'
  return entries.map(([name, value]) => `<code>${escapeMarkup(name)} = ${escapeMarkup(JSON.stringify(value, short) ?? 'none')}</code>`).join(' ')
}
