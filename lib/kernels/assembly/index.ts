// The module's exports, a file a family of kernels. Addresses are bytes in the shared memory; all kernels leave memory outside their results alone.
export { diffuse, diffuseWork } from './generator-lines'
export { envelopePiecesRoom, envelopes, envelopeWork, packPieces } from './lower-envelope'
export { fftLines, twistRows } from './fft'
export { gaussianSums } from './gaussian-sum'
export { expLanes, logLanes, expm1Lanes, log1pLanes, sinhLanes, coshLanes, tanhLanes } from './exp-log'
export { powLanes, log2Lanes, log10Lanes, cbrtLanes } from './power'
export { halveSiblings, pathNormals, streamNormals } from './normals'
export { combine, elastic, mix, within } from './steps'
export { logSums } from './log-convolution'
export { firstOutside } from './range'
export { centralFirst, centralLater, centralSpeeds } from './central'
export { convolveLines } from './convolution'
export { fillGhosts, rowsIntoGhosted, rowsOutOfGhosted } from './ghosts'
export { triad } from './triad'
export { sinLanes, cosLanes, tanLanes, atanLanes, asinLanes, acosLanes, tookBeyond } from './trigonometric'
export { elasticLangevin } from './elastic-langevin'
export { areFinite } from './finite'
export { multiplyPanels, multiplySinglePanels, packPanels, packSinglePanels } from './matrix-product'
export { steepestLines, upwindRates } from './upwind'

/** Where the module's own constants end. */
export function heapBase(): usize {
  return __heap_base
}
