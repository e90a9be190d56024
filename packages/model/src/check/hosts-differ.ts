import { bothKinds, type Check } from './check-input.ts';
import { passed, refused, unsure } from './finding.ts';

const code = 'hosts-differ';

/** Not the same host, under one name or two: libvirt's host uuid tells. */
export const hostsDifferCheck: Check = {
  code,
  about: 'source and target are different hosts',
  kinds: bothKinds,
  judge: ({ source, target }) => {
    if (target === null)
      return [unsure(code, 'there is no target to compare', {}, 'Name a host that exists.')];
    const compared = { source: source.name, target: target.name };
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
