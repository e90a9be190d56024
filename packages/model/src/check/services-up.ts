import { admissionOf, type Host, takeAgain, whyTakesNone } from '../host/host.ts';
import { bothKinds, type Check } from './check-input.ts';
import { type Finding, passed, refused, unsure } from './finding.ts';

const code = 'services-up';

/** libvirtd answers on both hosts, and the target takes instances. A source that takes none is being emptied: that is fine. */
export const servicesUpCheck: Check = {
  code,
  about: 'the services of source and target are up',
  kinds: bothKinds,
  judge: ({ source, target }) => {
    const findings = [answers('source', source)];
    if (target === null)
      return [...findings, unsure(code, 'there is no target to ask', {}, 'Name a host that exists.')];
    return [...findings, admissionOf(target) === 'open' ? answers('target', target) : closed(target)];
  },
};

function answers(side: 'source' | 'target', host: Host): Finding {
  const { state, reason, lastSeenAt } = host.service;
  const compared = { side, host: host.name, state, lastSeenAt };
  if (state === 'up') return passed(code, `the ${side} "${host.name}" answers`, compared);
  const remedy = `See that libvirtd runs on "${host.name}" and can be reached at ${host.uri}.`;
  return refused(code, `the ${side} "${host.name}" does not answer: ${reason}`, compared, remedy);
}

function closed(host: Host): Finding {
  const compared = {
    side: 'target',
    host: host.name,
    status: host.service.status,
    maintenance: host.maintenance?.since ?? null,
  };
  const remedy = `${takeAgain(host)}, or choose another host.`;
  const why = (whyTakesNone(host) ?? '').replace('it is ', '');
  return refused(code, `the target "${host.name}" is ${why}: it takes no new instances`, compared, remedy);
}
