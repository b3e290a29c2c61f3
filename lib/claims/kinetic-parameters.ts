export interface Parameters {
  paths: { moments: number; printed: number; coupled: number }
  dt: number
  time: number
  /** Frictions of the laws' and the paths' distances from the overdamped equation. */
  frictions: { laws: number[]; paths: number[] }
  /** Steps of the long run without friction. */
  steps: number
  /** The noise in front of dW: √(2c/β), or √(c/β) as printed. */
  noise: 'square-root-of-two-friction-over-beta' | 'printed'
}

/** √(c/β) is √(2c/2β): the printed equation is the right one at twice the β. */
export const temperatureOf = ({ noise }: Parameters, beta: number): number => (noise === 'printed' ? 2 * beta : beta)
