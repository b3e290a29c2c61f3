/** Words of the control block that a team's members share. */
export const word = { call: 0, done: 1, kernel: 2, count: 3, grain: 4, args: 5, failed: 6 } as const

export const words = 8
export const mostArgs = 40

/** How many looks a member takes before it sleeps: some tens of microseconds, longer than a step's own work between two calls. */
export const looks = 20_000

/** Where the part of `member` ends: parts are as equal as multiples of `grain` can be, and the last takes the rest. */
export function partEnd(count: number, grain: number, members: number, member: number): number {
  return member === members ? count : Math.min(count, Math.floor((count * member) / members / grain) * grain)
}
