import { curvesOf, toFrame } from './geometry.ts'
import type { Frame, Spot } from './geometry.ts'
import type { Panel } from './figure.ts'
import { textWidth } from './text.ts'

export const labelSize = 11

interface Box {
  left: number
  right: number
  top: number
  bottom: number
}

/** A text in the frame, `x` its middle and `y` its baseline. */
export interface Placed {
  text: string
  x: number
  y: number
}

/** Where each mark's text stands, by the mark's place in the panel; the labels without room inside the frame go to a key above it. */
export interface Labels {
  inside: (Placed | undefined)[]
  key: number[]
}

const distance = 4
const farthest = 30

/** Puts each label beside its own curve, where it covers no curve, point or other label and is far from the other curves. */
export function placeLabels(panel: Panel, frame: Frame): Labels {
  const curves = panel.marks.map((mark) => curvesOf(mark, frame))
  const inside = panel.marks.map((mark) => (mark.kind === 'text' ? placeText(mark.text, toFrame(frame, mark.x, mark.y), frame) : undefined))
  const taken = inside.filter((placed) => placed !== undefined).map(boxOf)
  const key: number[] = []
  // A band's edges are its own outline, not curves that a label must keep clear of.
  const obstacles = curves.map((spots, k) => (panel.marks[k].kind === 'band' ? [] : spots))
  panel.marks.forEach((mark, k) => {
    if (mark.kind === 'text' || mark.kind === 'heat' || mark.label === undefined) return
    const placed = bestPlace(mark.label, k, curves[k], obstacles, taken, frame)
    if (placed === undefined) key.push(k)
    else taken.push(boxOf(placed))
    inside[k] = placed
  })
  return { inside, key }
}

function bestPlace(text: string, own: number, curve: Spot[], obstacles: Spot[][], taken: Box[], frame: Frame): Placed | undefined {
  const others = obstacles.filter((_, k) => k !== own).flat()
  let best: Placed | undefined
  let bestScore = -Infinity
  for (const placed of candidates(text, curve)) {
    const box = boxOf(placed)
    const fits = box.left >= 2 && box.right <= frame.width - 2 && box.top >= 2 && box.bottom <= frame.height - 2
    if (!fits || taken.some((other) => overlap(box, other)) || obstacles[own].some((spot) => gap(box, spot) < distance - 2)) continue
    const clearance = clearanceOf(box, others)
    // Among equally clear places the right-hand one, where curves have usually parted.
    const score = clearance + (4 * placed.x) / frame.width
    if (clearance >= 2 && score > bestScore) {
      best = placed
      bestScore = score
    }
  }
  return best
}

/** Distance to the nearest of some spots, up to `farthest`; 0 for any too near. */
function clearanceOf(box: Box, spots: Spot[]): number {
  let least = farthest
  for (const spot of spots) {
    const near = gap(box, spot)
    if (near < 2) return 0
    if (near < least) least = near
  }
  return least
}

function candidates(text: string, curve: Spot[]): Placed[] {
  const stride = Math.max(1, Math.floor(curve.length / 80))
  const half = textWidth(text, labelSize) / 2
  const places: Placed[] = []
  for (let i = 0; i < curve.length; i += stride) {
    const [x, y] = curve[i]
    const aside = half + distance
    // Above and below, on both sides, and at the corners, where steep curves leave room.
    for (const [dx, dy] of [[0, -8], [0, 15], [aside + 2, 4], [-aside - 2, 4], [aside, -4], [-aside, -4], [aside, 12], [-aside, 12]]) {
      places.push({ text, x: x + dx, y: y + dy })
    }
  }
  return places
}

/** Text at a given spot, moved so that it stays inside the frame. */
function placeText(text: string, [x, y]: Spot, frame: Frame): Placed {
  const half = textWidth(text, labelSize) / 2 + 3
  return {
    text,
    x: Math.max(half, Math.min(frame.width - half, x)),
    y: Math.max(labelSize + 2, Math.min(frame.height - 5, y + 4)),
  }
}

function boxOf({ text, x, y }: Placed): Box {
  const half = textWidth(text, labelSize) / 2
  return { left: x - half, right: x + half, top: y - labelSize + 1, bottom: y + 3 }
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right + 4 && b.left < a.right + 4 && a.top < b.bottom + 1 && b.top < a.bottom + 1
}

/** Distance from a spot to a box, 0 inside. */
function gap(box: Box, [x, y]: Spot): number {
  const across = x < box.left ? box.left - x : x > box.right ? x - box.right : 0
  const down = y < box.top ? box.top - y : y > box.bottom ? y - box.bottom : 0
  return Math.sqrt(across * across + down * down)
}
