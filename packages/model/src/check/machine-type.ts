import { bothKinds, type Check } from './check-input.ts';
import { type Finding, hostSilent, passed, refused, unsure } from './finding.ts';
import { liveFacts } from './show-values.ts';

const code = 'machine-type';

/** The virtual hardware the guest was started with, and the accelerator, are there on the target too. */
export const machineTypeCheck: Check = {
  code,
  about: 'the target knows the machine type and the kind of guest',
  kinds: bothKinds,
  judge: ({ domain, target }) => {
    const facts = liveFacts(target);
    if (domain === null) return [hostSilent(code, 'source', 'the machine type')];
    if (facts === null) return [hostSilent(code, 'target', 'its machine types')];
    const findings: Finding[] = [];
    if (!facts.domainTypes.includes(domain.domainType)) {
      const compared = { guest: domain.domainType, target: facts.domainTypes.join(', ') };
      const remedy =
        domain.domainType === 'kvm' ? 'Turn on virtualisation (KVM) on the target.' : 'Choose another host.';
      findings.push(
        refused(code, `the target cannot run guests of type "${domain.domainType}"`, compared, remedy),
      );
    }
    const compared = { machine: domain.machineType, arch: domain.arch, targetArch: facts.arch };
    if (domain.arch !== facts.arch) {
      const remedy = 'See virsh domcapabilities on the target.';
      findings.push(
        unsure(code, `the target does not list machine types of ${domain.arch}`, compared, remedy),
      );
    } else if (facts.machineTypes.includes(domain.machineType)) {
      findings.push(passed(code, `the target knows "${domain.machineType}"`, compared));
    } else {
      const remedy =
        'Upgrade the hypervisor of the target, or power the guest off and give it an older machine type.';
      findings.push(
        refused(code, `the target does not know the machine type "${domain.machineType}"`, compared, remedy),
      );
    }
    return findings;
  },
};
