import type { ProblemCode } from '@ferry/api';
import type { Finding } from '@ferry/model';

/** A request that is refused: a code of the API's closed list, the sentence of this case, and findings where there are any. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: ProblemCode;
  readonly findings: readonly Finding[];

  constructor(code: ProblemCode, message: string, findings: readonly Finding[] = [], cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
    this.findings = findings;
  }
}
