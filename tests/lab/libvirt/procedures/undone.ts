import type { ProcedureName } from '@ferry/libvirt';

const agent = 'no agent runs in the guest';
const hardware = 'the hosts have no such hardware';
const dropped = 'libvirt has dropped it';

/**
 * Procedures that no driver of the lab does, and why. They are called all the same, and refused as python is; what a
 * daemon would answer is held against the protocol's definition alone.
 */
export const undone: Partial<Record<ProcedureName, string>> = {
  connectDomainXmlFromNative: dropped,
  qemuDomainAttach: dropped,
  domainGraphicsReload: 'the display has no TLS',
  domainMigrateStartPostCopy: 'the kernel of the hosts lets no QEMU serve pages (userfaultfd)',
  domainGetGuestInfo: agent,
  domainGetGuestVcpus: agent,
  domainSetGuestVcpus: agent,
  domainAuthorizedSshKeysGet: agent,
  domainAuthorizedSshKeysSet: agent,
  domainPmSuspendForDuration: agent,
  domainPmWakeup: 'the guest does not sleep',
  qemuDomainAgentCommand: agent,
  domainSetLaunchSecurityState: hardware,
  nodeGetSevInfo: hardware,
  nodeDeviceCreate: hardware,
  nodeDeviceUpdate: hardware,
  nodeDeviceDettach: hardware,
  nodeDeviceDetachFlags: hardware,
  nodeDeviceReAttach: hardware,
  nodeDeviceReset: hardware,
  nodeDeviceLookupScsiHostByWwn: hardware,
  nodeSuspendForDuration: 'the host would sleep',
};
