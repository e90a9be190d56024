import type { Host } from '../host/host.ts';
import { bothKinds } from './both-kinds.ts';
import type { Finding } from './finding.ts';
import type { Check } from './check-input.ts';
import { passed, refused, unsure } from './make-finding.ts';

const code = 'services-up';

/** libvirtd answers on both hosts, and the target is not disabled. A disabled source is being emptied: that is fine. */
export const servicesUpCheck: Check = {
  code,
  about: 'the services of source and target are up',
  kinds: bothKinds,
  judge: ({ source, target }) => {
    const findings = [answers('source', source)];
    if (target === null)
      return [...findings, unsure(code, 'there is no target to ask', {}, 'Name a host that exists.')];
    return [...findings, target.service.status === 'disabled' ? disabled(target) : answers('target', target)];
  },
};

function answers(side: 'source' | 'target', host: Host): Finding {
  const { state, reason, lastSeenAt } = host.service;
  const compared = { side, host: host.name, state, lastSeenAt };
  if (state === 'up') return passed(code, `the ${side} "${host.name}" answers`, compared);
  const remedy = `See that libvirtd runs on "${host.name}" and can be reached at ${host.uri}.`;
  return refused(code, `the ${side} "${host.name}" does not answer: ${reason}`, compared, remedy);
}

function disabled(host: Host): Finding {
  const compared = { side: 'target', host: host.name, status: host.service.status };
  const remedy = `Enable "${host.name}" again, or choose another host.`;
  return refused(code, `the target "${host.name}" is disabled: it takes no new instances`, compared, remedy);
}
