import { busyWith } from '../instance/instance.ts';
import { bothKinds, type Check, type CheckInput } from './check-input.ts';
import { type Finding, hostSilent, passed, refused } from './finding.ts';

const code = 'domain-lock';

/** Nothing else is being done to the instance, by Ferry or by libvirt on somebody else's behalf. */
export const domainLockCheck: Check = {
  code,
  about: 'no other job holds the instance',
  kinds: bothKinds,
  judge: (input) => [...heldByFerry(input), ...heldByLibvirt(input)],
};

function heldByFerry({ instance, migrationId }: CheckInput): Finding[] {
  const compared = { taskState: instance.taskState, operationId: instance.operationId };
  const free = instance.operationId === null && instance.taskState === null;
  const ours = instance.operationId !== null && instance.operationId === (migrationId ?? null);
  if (free || ours) return [passed(code, 'no other migration holds the instance', compared)];
  const what = busyWith(instance);
  if (instance.vmState === 'resized' && instance.taskState === null) {
    const held = `the instance has moved by ${what}, which is to be confirmed or reverted first`;
    const remedy = `ferry migration confirm ${instance.operationId}, or ferry migration revert ${instance.operationId}.`;
    return [refused(code, held, compared, remedy)];
  }
  return [refused(code, `the instance is busy with ${what}`, compared, 'Wait for its end, or abort it.')];
}

function heldByLibvirt({ domain }: CheckInput): Finding[] {
  if (domain === null) return [hostSilent(code, 'source', 'whether a job runs on the domain')];
  const compared = { job: domain.activeJob };
  if (domain.activeJob === null) return [passed(code, 'libvirt runs no job on the domain', compared)];
  const remedy = 'Wait for its end (virsh domjobinfo), or abort it (virsh domjobabort).';
  return [refused(code, `libvirt runs a job on the domain: ${domain.activeJob}`, compared, remedy)];
}
