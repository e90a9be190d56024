import { allChecks } from './all-checks.ts';
import type { CheckInput } from './check-input.ts';
import type { Finding } from './finding.ts';

/**
 * The sum of all findings. `refuse`: at least one error. `unsure`: no error, and at least one fact could not be had.
 * `go`: neither; warnings do not stop a move.
 */
export interface Judgement {
  readonly verdict: 'go' | 'unsure' | 'refuse';
  /** All of them, in the order of the checks, those that passed too. */
  readonly findings: readonly Finding[];
  readonly errors: readonly Finding[];
  readonly unknowns: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/** Runs every check of that kind of move: one failing never hides another. */
export function judge(input: CheckInput, checks: typeof allChecks = allChecks): Judgement {
  const findings = checks
    .filter((check) => check.kinds.includes(input.request.kind))
    .flatMap((check) => check.judge(input));
  const of = (severity: Finding['severity']): Finding[] =>
    findings.filter((one) => one.severity === severity);
  const errors = of('error');
  const unknowns = of('unknown');
  const verdict = errors.length > 0 ? 'refuse' : unknowns.length > 0 ? 'unsure' : 'go';
  return { verdict, findings, errors, unknowns, warnings: of('warning') };
}
