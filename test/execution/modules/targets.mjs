/** A target that other threads can load. */
export const right = (x) => x[0] > 0.9
