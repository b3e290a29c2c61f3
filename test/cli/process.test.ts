import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { filesIn, inEmptyFolder } from './support.ts'

// The built command as a process: `npm test` builds before it tests.
const command = fileURLToPath(new URL('../../dist/cli/relax.js', import.meta.url))

interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs the command; `meddle` may close its pipes or send signals. */
function relax(argv: string[], meddle: (child: ReturnType<typeof spawn>, stderr: string) => void = () => {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
    const ended = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk) => (ended.stdout += String(chunk)))
    child.stderr.on('data', (chunk) => {
      ended.stderr += String(chunk)
      meddle(child, ended.stderr)
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...ended }))
    meddle(child, '')
  })
}

it('says its version and helps', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
  expect(await relax(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  const help = await relax(['--help'])
  expect(help).toMatchObject({ code: 0, stderr: '' })
  expect(help.stdout).toMatch(/verify[^]*list[^]*solve/)
  expect(await relax([])).toEqual(help)
})

it('is content with a reader that goes away', async () => {
  expect(await relax(['list'], (child) => void child.stdout!.destroy())).toEqual({ code: 0, stdout: '', stderr: '' })
})

it('writes plain text to what is no terminal', async () => {
  const { stdout, stderr } = await relax(['list'])
  expect(stdout + stderr).not.toContain('\u001b')
})

it('ends with 130 when interrupted, and leaves nothing', () => inEmptyFolder(async (folder) => {
  const slow = ['solve', 'hamilton-jacobi', '--potential', 'sin(x)', '--grid', 'x=0:6.283185307179586:2000', '--boundary', 'periodic', '--time', '1000000',
    '--dt', '0.0001', '--out', 'u.npz']
  let sent = false
  const { code, stdout, stderr } = await relax(slow, (child, said) => {
    if (sent || !said.includes('marching')) return
    sent = child.kill('SIGINT')
  })
  expect({ code, stdout, files: filesIn(folder) }).toEqual({ code: 130, stdout: '', files: [] })
  expect(stderr).toMatch(/relax: interrupted \(solve: cancelled while marching, .*\)\n$/)
}))

it('leaves nothing when a claim is interrupted', () => inEmptyFolder(async (folder) => {
  let sent = false
  const { code, stdout } = await relax(['verify', 'cole-hopf'], (child, said) => {
    if (sent || !said.includes('cole-hopf')) return
    sent = child.kill('SIGINT')
  })
  expect({ code, stdout, files: filesIn(folder) }).toEqual({ code: 130, stdout: '', files: [] })
}))
