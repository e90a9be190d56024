import { callerMayCheck } from './caller-may.ts';
import type { Check, CheckInput } from './check-input.ts';
import { cpuCompatibleCheck } from './cpu-compatible.ts';
import { directoryAllowedCheck } from './directory-allowed.ts';
import { diskLocksCheck } from './disk-locks.ts';
import { diskRoomCheck } from './disk-room.ts';
import { domainElementsCheck } from './domain-elements.ts';
import { domainLockCheck } from './domain-lock.ts';
import { emulatorPresentCheck } from './emulator-present.ts';
import { extrasCarriedCheck } from './extras-carried.ts';
import { fileUsersCheck } from './file-users.ts';
import type { Finding } from './finding.ts';
import { firewallReadyCheck } from './firewall-ready.ts';
import { guestMemorySafeCheck } from './guest-memory-safe.ts';
import { hostDevicesCheck } from './host-devices.ts';
import { hostsDifferCheck } from './hosts-differ.ts';
import { hypervisorVersionCheck } from './hypervisor-version.ts';
import { instanceRunningCheck } from './instance-running.ts';
import { knownVersionsCheck } from './known-versions.ts';
import { machineTypeCheck } from './machine-type.ts';
import { networkMtuCheck } from './network-mtu.ts';
import { networkPresentCheck } from './network-present.ts';
import { networkSameCheck } from './network-same.ts';
import { oneCopyCheck } from './one-copy.ts';
import { parametersCompleteCheck } from './parameters-complete.ts';
import { poolPresentCheck } from './pool-present.ts';
import { postCopyCheck } from './post-copy.ts';
import { qemuOwnerCheck } from './qemu-owner.ts';
import { secretPresentCheck } from './secret-present.ts';
import { serverGroupCheck } from './server-group.ts';
import { servicesUpCheck } from './services-up.ts';
import { sizeFitsCheck } from './size-fits.ts';
import { storageMappedCheck } from './storage-mapped.ts';
import { storagePresentCheck } from './storage-present.ts';
import { targetExistsCheck } from './target-exists.ts';
import { targetMemoryCheck } from './target-memory.ts';
import { targetNameFreeCheck } from './target-name-free.ts';
import { transferEncryptedCheck } from './transfer-encrypted.ts';
import { warmReadyCheck } from './warm-ready.ts';
import { wayReadyCheck } from './way-ready.ts';

/** All checks. First the eight that every live migration has had since the early days, in their order. */
export const allChecks: readonly Check[] = [
  callerMayCheck,
  parametersCompleteCheck,
  targetExistsCheck,
  instanceRunningCheck,
  servicesUpCheck,
  hostsDifferCheck,
  targetMemoryCheck,
  hypervisorVersionCheck,
  cpuCompatibleCheck,
  machineTypeCheck,
  diskRoomCheck,
  networkPresentCheck,
  storagePresentCheck,
  qemuOwnerCheck,
  domainLockCheck,
  guestMemorySafeCheck,
  knownVersionsCheck,
  hostDevicesCheck,
  targetNameFreeCheck,
  firewallReadyCheck,
  extrasCarriedCheck,
  networkMtuCheck,
  networkSameCheck,
  warmReadyCheck,
  poolPresentCheck,
  secretPresentCheck,
  storageMappedCheck,
  directoryAllowedCheck,
  postCopyCheck,
  oneCopyCheck,
  diskLocksCheck,
  serverGroupCheck,
  sizeFitsCheck,
  fileUsersCheck,
  domainElementsCheck,
  emulatorPresentCheck,
  wayReadyCheck,
  transferEncryptedCheck,
];

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
