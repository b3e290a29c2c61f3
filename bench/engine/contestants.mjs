import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

/**
 * A process that stays and runs what it is told, so that contestants can take turns. It is started with the parameters of a case, prints one line of JSON, the list of
 * what it can run ({ name, threads, setting? }), and answers each line `run INDEX REPETITIONS` with { "seconds": of one repetition } and `save INDEX PATH` with {} when the
 * result of its last run, doubles, is in the file. It ends when its input does.
 * @typedef {{ name: string, threads: number, setting?: string }} Entry
 * @typedef {{ entries: Entry[], ask: (command: string) => Promise<{ seconds?: number }>, peakMemory: () => number | undefined, end: () => Promise<void> }} Contestants
 */

/**
 * @param {string} command
 * @param {string[]} args
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<Contestants>}
 */
export async function start(command, args, signal) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, OMP_NUM_THREADS: '2' } })
  // However this process ends, its children see the end of their input; one in the middle of a run is not waited for.
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  signal?.addEventListener('abort', kill)
  let complaint = ''
  child.stderr.on('data', (text) => (complaint = (complaint + text).slice(-2000)))
  child.stdin.on('error', () => {})
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, by) => resolve(by ?? code))
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async () => {
    const { value, done } = await lines.next()
    if (!done) return JSON.parse(value)
    signal?.throwIfAborted()
    throw new Error(`bench: ${[command, ...args].join(' ')} ended with ${await ended}: ${complaint.trim()}`)
  }
  return {
    entries: await answer(),
    ask(line) {
      child.stdin.write(`${line}\n`)
      return answer()
    },
    peakMemory() {
      try {
        const kilobytes = /VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]
        return kilobytes === undefined ? undefined : 1024 * Number(kilobytes)
      } catch {
        return undefined
      }
    },
    async end() {
      child.stdin.end()
      await ended
      process.off('exit', kill)
      signal?.removeEventListener('abort', kill)
    },
  }
}
