import { bothKinds, type Check } from './check-input.ts';
import { hostSilent, passed, refused } from './finding.ts';

const code = 'target-name-free';

/** The target has no domain of the same uuid or name. */
export const targetNameFreeCheck: Check = {
  code,
  about: 'name and uuid of the instance are free on the target',
  kinds: bothKinds,
  judge: ({ conflict, instance }) => {
    if (conflict === 'unknown') return [hostSilent(code, 'target', 'whether name and uuid are free')];
    if (conflict === null) {
      return [
        passed(code, 'name and uuid are free on the target', { name: instance.name, uuid: instance.id }),
      ];
    }
    const { by, name, state } = conflict;
    const compared = { by, name, state };
    if (by === 'name') {
      const remedy = `Rename one of them (virsh domrename), or choose another host.`;
      return [refused(code, `another domain on the target is called "${name}" (${state})`, compared, remedy)];
    }
    const off = state === 'shutoff' || state === 'crashed';
    const remedy = off
      ? `If it is left from an earlier move, remove it there: virsh undefine ${name}.`
      : 'Look at both hosts at once: the same instance must never run twice.';
    return [
      refused(code, `the target has a domain of the same uuid, "${name}" (${state})`, compared, remedy),
    ];
  },
};
