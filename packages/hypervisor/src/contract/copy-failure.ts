/** Closed list of why a copy from host to host did not come to its end; the program's own codes are in it. */
export const copyFailureCodes = [
  /** The host's shell does not answer, or the way to it broke. */
  'no-shell',
  'no-python',
  /** The sender cannot connect to the receiver. */
  'no-connection',
  /** The other side is not the one that the certificate was made for. */
  'not-trusted',
  'stalled',
  'broken',
  'disk-full',
  'no-file',
  /** A file that is not of this migration has the name. */
  'exists',
  /** The shell's user may not do it. */
  'denied',
  'busy',
  /** The source's file changed while it was read. */
  'source-changed',
  /** What arrived is not what was sent. */
  'differs',
  'aborted',
  'other',
] as const;

export type CopyFailureCode = (typeof copyFailureCodes)[number];

/** Why a copy from host to host ended early, and on which of them that was found. */
export class CopyFailure extends Error {
  override readonly name = 'CopyFailure';
  readonly code: CopyFailureCode;
  readonly host: string;

  constructor(code: CopyFailureCode, host: string, message: string, cause?: unknown) {
    super(`${host}: ${message}`, cause === undefined ? {} : { cause });
    this.code = code;
    this.host = host;
  }
}
