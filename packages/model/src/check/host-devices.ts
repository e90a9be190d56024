import { bothKinds } from './both-kinds.ts';
import type { Check } from './check-input.ts';
import { hostSilent, passed, refused, warned } from './make-finding.ts';

const code = 'host-devices';

/** A device of the host that the guest holds does not travel. */
export const hostDevicesCheck: Check = {
  code,
  about: 'no device of the source host is passed through to the guest',
  kinds: bothKinds,
  judge: ({ domain, request }) => {
    if (domain === null) return [hostSilent(code, 'source', 'the devices of the guest')];
    const devices = domain.hostDevices.join(', ');
    if (domain.hostDevices.length === 0) return [passed(code, 'no device is passed through', { devices })];
    if (request.kind === 'cold-migration') {
      const remedy = 'See that the target has such devices at the same addresses, or change the definition.';
      return [warned(code, `the guest needs devices of its host: ${devices}`, { devices }, remedy)];
    }
    const remedy = 'Detach them first (virsh detach-device), or migrate it cold.';
    return [refused(code, `devices of the host are passed through: ${devices}`, { devices }, remedy)];
  },
};
