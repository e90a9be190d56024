import { knownBadPair } from '../host/known-bad-versions.ts';
import { bothKinds, type Check } from './check-input.ts';
import { hostSilent, passed, refused, warned } from './finding.ts';
import { liveFacts, showVersion } from './show-values.ts';

const code = 'hypervisor-version';

/**
 * The same type of hypervisor and architecture, and a target that is not older. A guest that starts anew (cold) may
 * go to an older one when its machine type is there, which is a check of its own.
 */
export const hypervisorVersionCheck: Check = {
  code,
  about: 'type and version of the hypervisors fit',
  kinds: bothKinds,
  judge: (input) => {
    const source = liveFacts(input.source);
    const target = liveFacts(input.target);
    if (source === null) return [hostSilent(code, 'source', 'its hypervisor')];
    if (target === null) return [hostSilent(code, 'target', 'its hypervisor')];
    const types = { source: source.hypervisorType, target: target.hypervisorType };
    if (types.source !== types.target) {
      return [
        refused(
          code,
          `the hypervisors differ: ${types.source} and ${types.target}`,
          types,
          'Choose a host of the same type.',
        ),
      ];
    }
    if (source.arch !== target.arch) {
      const archs = { source: source.arch, target: target.arch };
      return [
        refused(
          code,
          `the architectures differ: ${archs.source} and ${archs.target}`,
          archs,
          'Choose a host of the same architecture.',
        ),
      ];
    }
    const compared = {
      source: `${types.source} ${showVersion(source.hypervisorVersion)}`,
      target: `${types.target} ${showVersion(target.hypervisorVersion)}`,
    };
    const versions = `source ${compared.source}, target ${compared.target}`;
    const isCold = input.request.kind === 'cold-migration';
    if (target.hypervisorVersion >= source.hypervisorVersion) {
      const bad = isCold ? null : knownBadPair(source.hypervisorVersion, target.hypervisorVersion);
      if (bad === null) return [passed(code, versions, compared)];
      const anew = 'Migrate it cold: started by the newer one, it moves live among hosts of that.';
      return [warned(code, `${versions}: ${bad.harm}`, compared, anew)];
    }
    const remedy = 'Upgrade the target first, or choose a host that is not older.';
    const judge = isCold ? warned : refused;
    return [judge(code, `the target's hypervisor is older: ${versions}`, compared, remedy)];
  },
};
