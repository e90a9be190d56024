import { type LogRecord, withNamesOfNow } from '@ferry/workflow';

/** Steps of moves that former versions called otherwise; each name means the same in all workflows. */
export const formerStepNames = {
  'disable-autostart': ['hold-source'],
  'inspect-target': ['look-at-target'],
  'prepare-storage': ['prepare-volumes'],
  'take-back-storage': ['take-back-volumes'],
  'finalize-target': ['settle-target'],
  'define-filters': ['stand-filters'],
  'disable-target-autostart': ['hold-target'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

const renamed = Object.entries(formerStepNames).map(([name, formerNames]) => ({ name, formerNames }));

/** A log for who looks into it beside its workflow: a former version may have begun it, and this one gone on. */
export function withStepNamesOfNow(log: readonly LogRecord[]): LogRecord[] {
  return withNamesOfNow(log, renamed);
}
