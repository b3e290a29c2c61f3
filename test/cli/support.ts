import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { run } from '../../lib/cli/program.ts'

interface Outcome {
  code: number
  stdout: string
  stderr: string
}

/** Runs a command line in this process. */
export async function relax(...argv: string[]): Promise<Outcome> {
  const [stdout, stderr] = [collector(), collector()]
  const code = await run(argv, { stdout: stdout.stream, stderr: stderr.stream })
  return { code, stdout: stdout.text(), stderr: stderr.text() }
}

function collector(): { stream: Writable; text: () => string } {
  const chunks: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk))
      done()
    },
  })
  return { stream, text: () => chunks.join('') }
}

/** Runs work in an empty working folder, which is removed afterwards. */
export async function inEmptyFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'relax-cli-'))
  const before = process.cwd()
  process.chdir(folder)
  try {
    return await work(folder)
  } finally {
    process.chdir(before)
    rmSync(folder, { recursive: true, force: true })
  }
}

export function filesIn(folder: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).toSorted()
}
