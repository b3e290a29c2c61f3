/** Every error that the toolkit throws on purpose. `tag` tells the kinds apart across realms and threads. */
export abstract class RelaxationError extends Error {
  abstract readonly tag: 'argument' | 'divergence' | 'cancelled' | 'file'
}

/** A bad argument: `<function>: <argument> must be <expected>, got <value>`. */
export class ArgumentError extends RelaxationError {
  readonly tag = 'argument'
  override readonly name = 'ArgumentError'
}

/** A computation that left the finite numbers; the message says at which time and what to change. */
export class DivergenceError extends RelaxationError {
  readonly tag = 'divergence'
  override readonly name = 'DivergenceError'
}

/** A file or folder that could not be read or written. */
export class FileError extends RelaxationError {
  readonly tag = 'file'
  override readonly name = 'FileError'
}

/** The work was cancelled through its signal. Passing `state` as `resume` continues it bit for bit. */
export class Cancelled<S = unknown> extends RelaxationError {
  readonly tag = 'cancelled'
  override readonly name = 'Cancelled'
  readonly state: S
  constructor(message: string, state: S) {
    super(message)
    this.state = state
  }
}
