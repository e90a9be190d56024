import { parseProbeAddress } from '../connectivity/connectivity-report.ts';
import { bothKinds, type Check, type CheckInput } from './check-input.ts';
import { type Finding, noted, passed, refused } from './finding.ts';
import type { MoveRequest } from '../move/move-options.ts';

const code = 'parameters-complete';

/** QEMU's own bound of `downtime-limit`: 2,000 seconds (MAX_MIGRATE_DOWNTIME in migration/options.h). */
const longestDowntimeMs = 2_000_000;

/** Each parameter by itself, and block migration against what the disks are. */
export const parametersCompleteCheck: Check = {
  code,
  about: 'the parameters are complete and fit together',
  kinds: bothKinds,
  judge: (input) => {
    const problems = [...limits(input.request), ...blockMigration(input)];
    if (problems.some((finding) => finding.severity === 'error')) return problems;
    const { bandwidthBytesPerSecond, maxDowntimeMs, blockMigration: block } = input.request;
    const compared = { bandwidthBytesPerSecond, maxDowntimeMs, blockMigration: block };
    return [passed(code, 'the parameters are complete and fit together', compared), ...problems];
  },
};

function limits(request: MoveRequest): Finding[] {
  const findings: Finding[] = [];
  const { host, bandwidthBytesPerSecond, maxDowntimeMs, probe } = request;
  if (probe !== null && parseProbeAddress(probe) === null) {
    const remedy = 'Give ADDRESS (asked by ping), tcp:HOST:PORT or udp:HOST:PORT; IPv6 in brackets.';
    findings.push(refused(code, `"${probe}" is nothing that can be asked`, { probe }, remedy));
  }
  if (host !== null && host.trim() === '') {
    findings.push(
      refused(code, 'the name of the target is empty', { host }, 'Name a host, or none to let Ferry choose.'),
    );
  }
  if (bandwidthBytesPerSecond !== null && !(bandwidthBytesPerSecond > 0)) {
    const remedy = 'Give a bandwidth above 0 bytes a second, or none for no limit.';
    findings.push(refused(code, 'the bandwidth is not above 0', { bandwidthBytesPerSecond }, remedy));
  }
  if (maxDowntimeMs !== null && !(maxDowntimeMs > 0 && maxDowntimeMs <= longestDowntimeMs)) {
    const remedy = `Give a downtime from 1 to ${longestDowntimeMs} ms, or none for the hypervisor's own.`;
    findings.push(
      refused(code, 'the longest downtime is out of bounds', { maxDowntimeMs, longestDowntimeMs }, remedy),
    );
  } else if (maxDowntimeMs !== null && request.kind === 'cold-migration') {
    findings.push(
      noted(code, 'a cold migration has no switch-over: the longest downtime is not used', { maxDowntimeMs }),
    );
  }
  if (request.warm && request.kind === 'live-migration') {
    const what = 'a live migration copies while the guest runs anyway: "warm" is not used';
    findings.push(noted(code, what, { warm: true }));
  }
  if (request.warm && request.hold) {
    const remedy = 'Ask for one of them.';
    const what =
      'a warm move merges its overlays at the end, and one that is held must leave its source as it is';
    findings.push(refused(code, what, { warm: true, hold: true }, remedy));
  }
  if (request.hold && request.kind === 'live-migration') {
    const what =
      'a live migration cannot be held: its guest runs on, and the source has nothing to go back to';
    findings.push(refused(code, what, { hold: true }, 'Ask for a cold migration, or do not ask to hold it.'));
  }
  return findings;
}

/** A caller who insists is told when it is not so; without a plan other checks say why nothing is known. */
function blockMigration({ request, plan }: CheckInput): Finding[] {
  if (plan === null || request.blockMigration === 'auto') return [];
  const copied = plan.disks.filter((disk) => disk.action === 'copy').map((disk) => disk.target);
  const compared = { blockMigration: request.blockMigration, disksToCopy: copied.join(', ') };
  if (request.blockMigration === 'yes' && copied.length === 0) {
    const remedy = 'Ask for "auto" or "no": the target sees the same disks.';
    return [refused(code, 'block migration was asked for, and no disk needs copying', compared, remedy)];
  }
  if (request.blockMigration === 'no' && copied.length > 0) {
    const remedy = 'Ask for "auto" or "yes", or put the disks on storage that both hosts share.';
    return [
      refused(
        code,
        `without block migration these disks would be missing: ${copied.join(', ')}`,
        compared,
        remedy,
      ),
    ];
  }
  return [];
}
