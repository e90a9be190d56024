import type { DomainFacts } from '../instance/domain-facts.ts';
import { type Check, liveOnly } from './check-input.ts';
import { type Finding, hostSilent, passed, refused } from './finding.ts';

const code = 'host-devices';

/** A device of the host that a running guest holds does not travel; of one that is off each is compared (`domain-elements`). */
export const hostDevicesCheck: Check = {
  code,
  about: 'no device of the source host is passed through to the running guest',
  kinds: liveOnly,
  judge: ({ domain }) => {
    if (domain === null) return [hostSilent(code, 'source', 'the devices of the guest')];
    const held = hostDevicesThatStay(domain);
    return held.length > 0 ? held : [passed(code, 'no <hostdev> is passed through', { devices: '' })];
  },
};

/** Devices of its host that a running guest holds, and that keep it there. */
export function hostDevicesThatStay({ hostDevices }: Pick<DomainFacts, 'hostDevices'>): Finding[] {
  if (hostDevices.length === 0) return [];
  const devices = hostDevices.join(', ');
  const remedy = 'Detach them first (virsh detach-device), or migrate it cold.';
  return [refused(code, `devices of the host are passed through: ${devices}`, { devices }, remedy)];
}
