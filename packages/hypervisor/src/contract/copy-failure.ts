import type { CopyFailureCode } from '@ferry/model';

/** Why the copying of a file ended early, and on which host that was found. */
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
