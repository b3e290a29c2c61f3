import { averagedDrift } from './averaged-drift.ts'
import { bakryEmery } from './bakry-emery.ts'
import type { Claim } from './claim.ts'
import { coleHopf } from './cole-hopf.ts'
import { convexityPreserved } from './convexity-preserved.ts'
import { elasticEqualsEntropy } from './elastic-equals-entropy.ts'
import { elasticLimit } from './elastic-limit.ts'
import { entropySgdFollowsPde } from './entropy-sgd-follows-pde.ts'
import { entropySgdMinimisers } from './entropy-sgd-minimisers.ts'
import { fluctuationDissipation } from './fluctuation-dissipation.ts'
import { fokkerPlanckEvolution } from './fokker-planck-evolution.ts'
import { gibbsConcentration } from './gibbs-concentration.ts'
import { gibbsStationarity } from './gibbs-stationarity.ts'
import { harmonicMean } from './harmonic-mean.ts'
import { hjProximal } from './hj-proximal.ts'
import { homogenization } from './homogenization.ts'
import { hopfFormula } from './hopf-formula.ts'
import { hopfLax } from './hopf-lax.ts'
import { integratorOrders } from './integrator-orders.ts'
import { jko } from './jko.ts'
import { kineticLangevin } from './kinetic-langevin.ts'
import { kramersEscape } from './kramers-escape.ts'
import { localEntropyGradient } from './local-entropy-gradient.ts'
import { localEntropyLandscape } from './local-entropy-landscape.ts'
import { localEntropyLimits } from './local-entropy-limits.ts'
import { minimumPreserved } from './minimum-preserved.ts'
import { proxGradient } from './prox-gradient.ts'
import { semiconcavity } from './semiconcavity.ts'
import { sgldInnerLoop } from './sgld-inner-loop.ts'
import { smoothingLemma } from './smoothing-lemma.ts'
import { smoothingOrder } from './smoothing-order.ts'
import { stochasticControl } from './stochastic-control.ts'
import { vanishingViscosity } from './vanishing-viscosity.ts'
import { widening } from './widening.ts'

/** The ledger: every claim, in the order of the report. */
export const claims: readonly Claim[] = [
  coleHopf,
  hopfLax,
  hopfFormula,
  vanishingViscosity,
  proxGradient,
  hjProximal,
  convexityPreserved,
  minimumPreserved,
  semiconcavity,
  harmonicMean,
  widening,
  smoothingOrder,
  localEntropyGradient,
  localEntropyLandscape,
  localEntropyLimits,
  sgldInnerLoop,
  smoothingLemma,
  entropySgdMinimisers,
  averagedDrift,
  homogenization,
  elasticLimit,
  gibbsStationarity,
  kineticLangevin,
  kramersEscape,
  gibbsConcentration,
  integratorOrders,
  fokkerPlanckEvolution,
  stochasticControl,
  jko,
  bakryEmery,
  entropySgdFollowsPde,
  elasticEqualsEntropy,
  fluctuationDissipation,
]
