import { styleText } from 'node:util'
import type { VerifyProgress } from '../claims/verify.ts'

/** Progress on standard error: a live line on a terminal, else a plain line for every new activity. */
export function claimReporter(count: number): { report: (progress: VerifyProgress) => void; end: () => void } {
  const live = process.stderr.isTTY
  let done = 0
  let last = ''
  const report = ({ claim, tier, elapsed, fraction, activity, verdict }: VerifyProgress): void => {
    if (verdict !== undefined) {
      done++
      clear()
      const colour = verdict.verdict === 'fails' ? 'red' : 'green'
      const outcome = styleText(colour, verdict.verdict, { stream: process.stderr })
      process.stderr.write(`[${done}/${count}] ${claim}: ${outcome} (${tier}, ${elapsed.toFixed(1)} s)\n`)
      return
    }
    const text = `[${done + 1}/${count}] ${claim} (${tier}) ${Math.round(100 * fraction)} % ${elapsed.toFixed(1)} s  ${activity}`
    if (live) process.stderr.write(`\r\u001b[2K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`)
    else if (`${claim} ${activity}` !== last) process.stderr.write(`${text}\n`)
    last = `${claim} ${activity}`
  }
  const clear = (): void => {
    if (live) process.stderr.write('\r\u001b[2K')
  }
  return { report, end: clear }
}
