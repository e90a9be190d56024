import { Refusal } from './refusal.ts';

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
