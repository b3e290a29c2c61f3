import { Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { progressLine } from '../../lib/cli/progress-line.ts'

function shown(terminal: { isTTY?: boolean; columns?: number }, texts: string[]): string {
  const chunks: string[] = []
  const stream = Object.assign(new Writable({ write: (chunk, _encoding, done) => (chunks.push(String(chunk)), done()) }), terminal)
  const line = progressLine(stream, Infinity)
  for (const text of texts) line.show(text)
  line.keep('kept')
  return chunks.join('')
}

it('rewrites one line on a terminal, cut to its width', () => {
  expect(shown({ isTTY: true, columns: 10 }, ['first', 'a longer second'])).toBe('\r\u001b[Kfirst\r\u001b[Ka longer…\r\u001b[Kkept\n')
})

it('takes a terminal of unknown width for one of 80 columns', () => {
  expect(shown({ isTTY: true, columns: 0 }, ['x'.repeat(100)])).toBe(`\r\u001b[K${'x'.repeat(78)}…\r\u001b[Kkept\n`)
})

it('prints plain lines elsewhere, now and then', () => {
  expect(shown({}, ['first', 'too soon'])).toBe('first\nkept\n')
})
