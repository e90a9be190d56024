import { type Check, liveOnly } from './check-input.ts';
import { hostSilent, passed, refused } from './finding.ts';

const code = 'host-devices';

/** A device of the host that a running guest holds does not travel; of one that is off each is compared (`domain-elements`). */
export const hostDevicesCheck: Check = {
  code,
  about: 'no device of the source host is passed through to the running guest',
  kinds: liveOnly,
  judge: ({ domain }) => {
    if (domain === null) return [hostSilent(code, 'source', 'the devices of the guest')];
    const devices = domain.hostDevices.join(', ');
    if (domain.hostDevices.length === 0) return [passed(code, 'no <hostdev> is passed through', { devices })];
    const remedy = 'Detach them first (virsh detach-device), or migrate it cold.';
    return [refused(code, `devices of the host are passed through: ${devices}`, { devices }, remedy)];
  },
};
