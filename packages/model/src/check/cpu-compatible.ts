import { bothKinds, type Check } from './check-input.ts';
import { hostSilent, noted, passed, refused } from './finding.ts';

const code = 'cpu-compatible';

/** The target's own word on the guest's CPU (libvirt's comparison), not a guess from model names. */
export const cpuCompatibleCheck: Check = {
  code,
  about: 'the target can give the guest its CPU',
  kinds: bothKinds,
  judge: ({ cpuComparison, emulator, source, target }) => {
    if (emulator !== null && emulator.problem !== null)
      return [noted(code, 'its CPU was not compared: the target lacks its emulator', { comparison: null })];
    if (cpuComparison === null) return [hostSilent(code, 'target', 'whether it has the CPU')];
    const compared = {
      comparison: cpuComparison,
      sourceCpu: source.facts?.cpuModel ?? null,
      targetCpu: target?.facts?.cpuModel ?? null,
    };
    if (cpuComparison === 'incompatible') {
      const remedy =
        'Choose a host with the same CPU features, or give the guest a CPU model that both hosts have (virsh hypervisor-cpu-baseline).';
      return [refused(code, 'the target lacks features of the CPU that the guest uses', compared, remedy)];
    }
    const how = cpuComparison === 'identical' ? 'the same CPU' : 'all features of the CPU and more';
    return [passed(code, `the target has ${how}`, compared)];
  },
};
