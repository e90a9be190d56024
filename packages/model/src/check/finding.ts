/** How much a finding matters. `error` forbids the move, `unknown` says that the facts could not be had. */
export type Severity = 'ok' | 'info' | 'warning' | 'unknown' | 'error';

/** Values that were compared, by name, as people read them. */
export type Compared = Readonly<Record<string, string | number | boolean | null>>;

/** The result of one check. */
export interface Finding {
  /** Stable name: `target-memory`, or `disk-room` once a disk. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly compared: Compared;
  /** What to do about it; empty when nothing is to be done. */
  readonly remedy: string;
}

/** All is well; what was compared is still told. */
export function passed(code: string, message: string, compared: Compared = {}): Finding {
  return { code, severity: 'ok', message, compared, remedy: '' };
}

/** Worth knowing; nothing is to be done. */
export function noted(code: string, message: string, compared: Compared = {}): Finding {
  return { code, severity: 'info', message, compared, remedy: '' };
}

/** The move may go on, and something may go wrong. */
export function warned(code: string, message: string, compared: Compared, remedy: string): Finding {
  return { code, severity: 'warning', message, compared, remedy };
}

/** A fact that the check needs could not be had. */
export function unsure(code: string, message: string, compared: Compared, remedy: string): Finding {
  return { code, severity: 'unknown', message, compared, remedy };
}

/** The move is forbidden. */
export function refused(code: string, message: string, compared: Compared, remedy: string): Finding {
  return { code, severity: 'error', message, compared, remedy };
}

/** The same words for every check that misses what only a host can tell. */
export function hostSilent(code: string, side: 'source' | 'target', fact: string): Finding {
  return unsure(
    code,
    `the ${side} did not tell ${fact}`,
    {},
    `See that the ${side}'s libvirtd answers, then check again.`,
  );
}
