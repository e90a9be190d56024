/** A file of a host that a move would have taken away, and did not. */
export interface KeptFile {
  readonly host: string;
  readonly path: string;
  /** Who has it, or what could not be known. */
  readonly because: string;
}
