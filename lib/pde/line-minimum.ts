/** A function on the line with its slope; the value +∞ is a wall. */
export interface Line {
  value(y: number): number
  /** NaN where there is none. */
  slope(y: number): number
  /** Round-off of the slope at y, given the slope there. */
  noise(y: number, slope: number): number
}

interface End {
  y: number
  slope: number
}

/**
 * A local minimum next to `middle`, not higher than the value there, in [low, high], whose ends are to be the domain's ends or not lower than `middle`: where the
 * slope passes from below to above zero, to its round-off or to neighbouring numbers, so that kinks and walls are found too.
 */
export function lineMinimum(line: Line, low: number, middle: number, high: number): number {
  const slope = slopeAt(line, middle)
  if (Math.abs(slope) <= line.noise(middle, slope)) return middle
  // Everything below is said of a slope that falls to the right; the other way round goes by `turn`.
  const turn = slope < 0 ? 1 : -1
  let near: End = { y: middle, slope: turn * slope }
  let far: End = { y: turn > 0 ? high : low, slope: 0 }
  if (far.y === middle) return middle
  far.slope = sloped(line, far.y, turn)
  if (far.slope < 0 && line.value(far.y) < line.value(middle)) return far.y
  for (let k = 0; k < 64 && far.slope < 0; k++) {
    const y = near.y + (far.y - near.y) / 2
    const end = { y, slope: sloped(line, y, turn) }
    // Over a hill the far end comes nearer; on the way down the near one goes on.
    if (end.slope < 0 && line.value(y) < line.value(near.y)) near = end
    else far = end
  }
  return signChange(line, near, far, turn)
}

/** Illinois steps with every third a bisection. */
function signChange(line: Line, near: End, far: End, turn: number): number {
  let [a, b] = [near, far]
  let [weightA, weightB] = [1, 1]
  for (let k = 0; k < 200; k++) {
    for (const end of [a, b]) if (Math.abs(end.slope) <= line.noise(end.y, end.slope)) return end.y
    const width = b.y - a.y
    const secant = a.y - (weightA * a.slope * width) / (weightB * b.slope - weightA * a.slope)
    const y = k % 3 < 2 && (secant - a.y) * (b.y - secant) > 0 ? secant : a.y + width / 2
    if (y === a.y || y === b.y) break
    const slope = sloped(line, y, turn)
    // The end that stays put a second time counts half, so that the secant crosses over.
    if (slope < 0) [a, weightA, weightB] = [{ y, slope }, 1, weightA === 1 ? weightB / 2 : 1]
    else [b, weightB, weightA] = [{ y, slope }, 1, weightB === 1 ? weightA / 2 : 1]
  }
  return line.value(a.y) <= line.value(b.y) ? a.y : b.y
}

function sloped(line: Line, y: number, turn: number): number {
  return line.value(y) === Infinity ? Infinity : turn * slopeAt(line, y)
}

/** The slope; at a kink without one, 0 for a minimum and the mean of both sides otherwise. */
function slopeAt(line: Line, y: number): number {
  const slope = line.slope(y)
  if (!Number.isNaN(slope)) return slope
  const aside = 4 * Number.EPSILON * Math.max(Math.abs(y), 1e-3)
  const [left, right] = [line.slope(y - aside), line.slope(y + aside)]
  return left <= 0 && right >= 0 ? 0 : (left + right) / 2
}
