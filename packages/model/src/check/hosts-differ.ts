import { bothKinds, type Check } from './check-input.ts';
import { passed, refused, unsure } from './finding.ts';

const code = 'hosts-differ';

/** Not the same host, under one name or two: libvirt's host uuid tells. */
export const hostsDifferCheck: Check = {
  code,
  about: 'source and target are different hosts',
  kinds: bothKinds,
  judge: ({ source, target, domain, instance }) => {
    if (target === null)
      return [unsure(code, 'there is no target to compare', {}, 'Name a host that exists.')];
    const compared = { source: source.name, target: target.name };
    if (source.id === target.id && domain === null && source.service.state === 'up') {
      const what = `the instance is recorded on "${source.name}", which does not show it now`;
      const remedy = `If somebody has moved it, the record follows within seconds: look again (ferry instance show ${instance.name}), then ask again.`;
      return [unsure(code, what, compared, remedy)];
    }
    if (source.id === target.id) {
      return [refused(code, `the instance is on "${source.name}" already`, compared, 'Choose another host.')];
    }
    const uuid = source.facts?.hostUuid;
    if (uuid !== undefined && uuid === target.facts?.hostUuid) {
      const remedy = 'If they are two machines, give each its own host_uuid in libvirtd.conf.';
      return [
        refused(
          code,
          'source and target are one host under two names',
          { ...compared, hostUuid: uuid },
          remedy,
        ),
      ];
    }
    return [passed(code, `"${source.name}" and "${target.name}" are different hosts`, compared)];
  },
};
