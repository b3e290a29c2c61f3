/*
 * Places of work, of which each thread that calls a kernel takes one: bits of a word in the shared memory tell which are taken. There are as many as threads, 31 at most.
 */

export function claimPlace(busy: usize): i32 {
  let taken = atomic.load<i32>(busy)
  let seen = atomic.cmpxchg<i32>(busy, taken, taken | (taken + 1))
  while (seen !== taken) {
    taken = seen
    seen = atomic.cmpxchg<i32>(busy, taken, taken | (taken + 1))
  }
  return ctz(~taken)
}

export function leavePlace(busy: usize, place: i32): void {
  atomic.and<i32>(busy, ~(1 << place))
}
