#!/usr/bin/env node
import { run } from './program.ts'

for (const stream of [process.stdout, process.stderr]) {
  // A reader that has gone away (relax list | head -1) is no error.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

process.exitCode = await run(process.argv.slice(2))
