import type { NetworkComparison } from '../instance/network-facts.ts';
import { bothKinds, type Check } from './check-input.ts';
import { type Finding, hostSilent, passed, refused, unsure, warned } from './finding.ts';

const code = 'network-mtu';

/** What the guest sends through its networks passes on the target too: packets of the same size go through. */
export const networkMtuCheck: Check = {
  code,
  about: "the guest's networks carry packets of the same size on the target",
  kinds: bothKinds,
  judge: ({ domain, networks }) => {
    if (domain === null) return [hostSilent(code, 'source', 'the networks of the guest')];
    // What is not there is told by another check, and what is defined anew is as it is at the source.
    const both = networks.filter(({ onTarget }) => onTarget !== 'absent');
    if (both.length === 0) return [passed(code, 'there is no packet size to compare', { networks: 0 })];
    return both.map(judgeNetwork);
  },
};

function judgeNetwork({ name, targetName, atSource, onTarget }: NetworkComparison): Finding {
  const source = atSource === null || atSource === 'absent' ? null : atSource.mtu;
  const target = onTarget === null || onTarget === 'absent' ? null : onTarget.mtu;
  const compared = { source: name, sourceMtu: source, target: targetName, targetMtu: target };
  if (source === null || target === null) {
    const remedy = `Compare \`ip link show\` of "${name}" on the source and of "${targetName}" on the target.`;
    return unsure(code, `the packet size of "${targetName}" could not be compared`, compared, remedy);
  }
  if (target < source) {
    const remedy = `Give "${targetName}" the MTU ${source} on the target (ip link set ${targetName} mtu ${source}), with all that it leads through.`;
    return refused(
      code,
      `"${targetName}" carries packets of ${target} bytes, the guest sends up to ${source}`,
      compared,
      remedy,
    );
  }
  if (target > source) {
    const remedy = `Nothing is lost; for the same on both, set the MTU ${source} on the target.`;
    return warned(
      code,
      `"${targetName}" carries larger packets (${target}) than at the source (${source})`,
      compared,
      remedy,
    );
  }
  return passed(code, `"${targetName}" carries packets of the same size`, compared);
}
