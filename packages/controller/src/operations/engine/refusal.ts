import type { ProblemCode } from '@ferry/api';
import { type Caller, type Finding, hasRole } from '@ferry/model';
import type { Logger } from 'pino';

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

/** Too many attempts to sign in have failed: this one is not looked at, right or wrong. */
export class TooManyAttempts extends Refusal {
  /** Until the next one is. */
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    const seconds = Math.ceil(retryAfterMs / 1000);
    super(
      'too-many-attempts',
      `Too many attempts to sign in have failed; the next one is looked at in ${seconds} s.`,
    );
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * That no host will do, as the caller may read it: why, host by host, is told to administrators and the log. Names of
 * hosts, what they have free and who else is on them are no business of a project's members.
 */
export function noValidHost(
  log: Pick<Logger, 'info'>,
  caller: Caller,
  what: string,
  because: string,
  shown: Refusal = new Refusal('no-valid-host', `No valid host was found${what}. ${because}`),
): Refusal {
  if (hasRole(caller, 'admin')) return shown;
  log.info(
    { projectId: caller.projectId, userId: caller.userId, because, findings: shown.findings },
    'no valid host was found for a member',
  );
  return new Refusal(
    'no-valid-host',
    `No valid host was found${what}. There are not enough hosts available.`,
    [],
    shown,
  );
}
