import { serve } from './execution/serve.ts'

/** What a worker thread can run, and the makers of what it can be sent, each loaded when first asked for. */
serve({
  'simulate': () => import('./sde/simulation.ts'),
  'mlmc': () => import('./sde/mlmc-task.ts'),
  'first-passage': () => import('./sde/passage-task.ts'),
  'minimize': () => import('./optimization/minimize.ts'),
  'averaged-drift': () => import('./homogenization/langevin-task.ts'),
  'multiscale': () => import('./homogenization/multiscale-task.ts'),
  'verify': () => import('./claims/verify.ts'),
}, {
  'expression': () => import('./potential/index.ts'),
  'definition': () => import('./potential/index.ts'),
  'landscape': () => import('./potential/index.ts'),
  'module': () => import('./execution/from-module.ts'),
  'tilted': () => import('./potential/tilted.ts'),
  'softmax-regression': () => import('./network/softmax-regression.ts'),
  'slice': () => import('./network/loss.ts'),
  'loss-potential': () => import('./network/loss.ts'),
  'averaged-field': () => import('./homogenization/effective-dynamics.ts'),
  'feedback': () => import('./pde/control/feedback.ts'),
  'controlled-drift': () => import('./pde/control/feedback.ts'),
  'optimizer': () => import('./optimization/optimizers.ts'),
})
