import './potential/index.ts'
import { serve } from './execution/serve.ts'

/** What a worker thread can run, and the makers of what it can be sent, each loaded when first asked for. */
serve({
  'simulate': () => import('./sde/simulation.ts'),
  'verify': () => import('./claims/verify.ts'),
}, {
  'module': () => import('./execution/from-module.ts'),
})
