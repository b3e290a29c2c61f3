import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// Numerical tests on a shared machine: a test that hangs is caught, a slow one is not failed.
export default defineConfig({
  test: { root: fileURLToPath(new URL('..', import.meta.url)), dir: 'test', maxWorkers: '100%', testTimeout: 120_000, hookTimeout: 120_000 },
})
