export interface DrawOptions {
  title?: string
  /** Names of the coordinates, default x, y, z. */
  axes?: string[]
  /** Name of the values, default 'value'. */
  value?: string
}
