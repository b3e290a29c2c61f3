/** What a command prints to. */
export interface Output extends NodeJS.WritableStream {
  isTTY?: boolean
  /** 0 on a terminal that does not know. */
  columns?: number
}

/** Results go to `stdout`; progress and errors go to `stderr`. */
export interface Streams {
  stdout: Output
  stderr: Output
}
