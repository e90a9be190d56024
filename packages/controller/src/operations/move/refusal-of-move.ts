import type { ProblemCode } from '@ferry/api';
import type { Finding, Host, Instance } from '@ferry/model';
import type { Begun, NewClaim } from '../../store/migrations/begin-migration.ts';
import { Refusal } from '../engine/refusal.ts';
import type { CheckReport } from './check-move.ts';

/**
 * Which refusal it is, by the first finding that has a refusal of its own; all findings come along. Of two requests at
 * the same time the later one may see what the earlier one does already, its images on the target for one: then it is
 * the instance that is busy, and not the target that is wrong.
 */
export function refusalOfCheck(report: CheckReport, now: Instance | null): Refusal {
  const { request } = report;
  const errors = report.findings.filter((finding) => finding.severity === 'error');
  const codes: Partial<Record<string, ProblemCode>> = {
    'caller-may': 'forbidden',
    'parameters-complete': 'bad-request',
    'target-exists': 'host-not-found',
    'domain-lock': 'instance-busy',
  };
  const own = errors.map((finding) => codes[finding.code]).find((known) => known !== undefined);
  const code = own ?? (now !== null && now.operationId !== null ? 'instance-busy' : 'checks-failed');
  const what = request.kind === 'live-migration' ? 'migrated live' : 'migrated cold';
  // Where nothing forbids it, what is not known does.
  const telling =
    errors.length > 0 ? errors : report.findings.filter(({ severity }) => severity === 'unknown');
  const unknown = errors.length > 0 ? '' : 'it is not known whether it would work: ';
  const why = telling.map((finding) => finding.message).join(' ');
  return new Refusal(
    code,
    `${report.instance.name} cannot be ${what}: ${why === '' ? 'facts that the move needs could not be had.' : unknown + why}`,
    report.findings,
  );
}

/** Why a move whose checks said yes was not begun all the same: something else was quicker. */
export function refusalOfBegun(
  begun: Exclude<Begun, { readonly begun: true }>,
  {
    instance,
    target,
    claim,
    findings,
  }: {
    readonly instance: Pick<Instance, 'name'>;
    readonly target: Pick<Host, 'name'>;
    readonly claim: NewClaim;
    readonly findings: readonly Finding[];
  },
): Refusal {
  switch (begun.because) {
    case 'busy':
      return new Refusal('instance-busy', `${instance.name} is busy with ${begun.holder}.`);
    case 'quota':
      return new Refusal('quota-exceeded', `${begun.message}.`);
    case 'changed':
      return new Refusal('instance-busy', `${instance.name} changed while the checks ran; ask again.`);
    case 'no-disk-room':
      return new Refusal(
        'checks-failed',
        `Migrations under way have claimed ${begun.claimedBytes} bytes of the room in ${begun.directory} on ${target.name}: what is left does not do for this one. Wait for them, or choose another host.`,
        findings,
      );
    case 'no-room':
      return new Refusal(
        'checks-failed',
        `${target.name} has ${claim.memoryLimitBytes} bytes of memory available; migrations under way have claimed ${begun.claimedBytes}, and this one needs ${claim.memoryBytes}.`,
        findings,
      );
  }
}
