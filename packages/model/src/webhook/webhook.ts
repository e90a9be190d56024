/** An address that is told what happens. Its secret is with the store alone. */
export interface Webhook {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  /** Kinds of events: `migration.updated`, `migration.*`, or `*`. */
  readonly kinds: readonly string[];
  readonly createdAt: string;
  /** Name of who made it. */
  readonly createdBy: string;
  /** Number of the last event that it was told, that was given up, or that it is not for. */
  readonly sequence: number;
  /** How often in a row it could not be told by now. */
  readonly failures: number;
  /** Why, the last time; null: it was told. */
  readonly reason: string | null;
  /** When it is told next at the earliest, milliseconds since 1970 on the database's clock; 0: at once. */
  readonly nextAttemptMs: number;
}

/** One attempt to tell a webhook of an event, and what came of it. */
export interface WebhookDelivery {
  /** UTC ISO 8601. */
  readonly at: string;
  /** Number of the event; 0: a test that somebody asked for. */
  readonly event: number;
  readonly kind: string;
  /** Counts from 1. */
  readonly attempt: number;
  /** `given-up`: the event is not told any more, the next ones are. */
  readonly outcome: 'delivered' | 'failed' | 'given-up';
  /** Of HTTP; null: there was no answer. */
  readonly status: number | null;
  readonly durationMs: number;
  readonly reason: string | null;
}

/** How long is waited, and for how long it is tried. Milliseconds. */
export interface WebhookRules {
  /** For the connection and the whole answer. */
  readonly deadlineMs: number;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** From then on an event that could not be told is given up. */
  readonly givenUpAfterMs: number;
}

export const webhookRules: WebhookRules = {
  deadlineMs: 10_000,
  firstRetryMs: 1_000,
  longestRetryMs: 300_000,
  givenUpAfterMs: 86_400_000,
};

/** Whether a webhook is for events of a kind. */
export function isFor(kinds: readonly string[], kind: string): boolean {
  const [noun] = kind.split('.');
  return kinds.some((one) => one === '*' || one === kind || one === `${noun}.*`);
}

/** Kinds that no event is of, of those that are known. */
export function unknownKinds(kinds: readonly string[], known: readonly string[]): string[] {
  return kinds.filter((one) => !known.some((kind) => isFor([one], kind)));
}

/** The pause after so many failures in a row: twice the one before, up to the longest. */
export function retryPauseMs({ firstRetryMs, longestRetryMs }: WebhookRules, failures: number): number {
  return Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures - 1, 30));
}
