/** A definition that other threads can load. */
export const well = {
  dim: 1,
  value: ([x]) => (x * x - 1) ** 2 / 4,
  gradient([x], out) {
    out[0] = x * (x * x - 1)
  },
}

/** Throws once it has been evaluated often enough. */
let evaluations = 0
export const failing = {
  dim: 1,
  value: () => 0,
  gradient(_x, out) {
    if (++evaluations > 50) throw new Error('the gradient is out of order')
    out[0] = 0
  },
}

/** Takes its thread down. */
export const deadly = {
  dim: 1,
  value: () => 0,
  gradient() {
    process.exit(3)
  },
}

export const number = 3
