import { networkSettings } from '../host/host.ts';
import type { NetworkComparison } from '../instance/network-facts.ts';
import { bothKinds, type Check, type CheckInput } from './check-input.ts';
import { type Finding, hostSilent, noted, passed, refused, unsure, warned } from './finding.ts';
import { networkFits } from './network-fits.ts';

const code = 'network-present';

/** Every network, bridge or device that the guest is plugged into is there on the target, or is made so. */
export const networkPresentCheck: Check = {
  code,
  about: "the guest's networks are present on the target",
  kinds: bothKinds,
  judge: (input) => {
    const { domain, networks } = input;
    if (domain === null) return [hostSilent(code, 'source', 'the networks of the guest')];
    const others = domain.interfaces.filter(({ kind }) => kind === 'user' || kind === 'other');
    const findings = [
      ...networks.map((network) => judgeNetwork(network, input)),
      ...others.map(({ kind, mac }) => judgeOther(kind, mac)),
      ...unusedNames(input),
    ];
    return findings.length > 0 ? findings : [passed(code, 'the guest has no network', { interfaces: 0 })];
  },
};

function judgeOther(kind: string, mac: string): Finding {
  if (kind === 'user') return passed(code, 'user networking needs nothing of the host', { mac, kind });
  return noted(code, `what the interface ${mac} is plugged into is judged with its elements`, { mac, kind });
}

function judgeNetwork(network: NetworkComparison, input: CheckInput): Finding {
  const { kind, name, targetName, onTarget } = network;
  const what = `${kind === 'direct' ? 'device' : kind} "${targetName}"`;
  const networks = input.target?.facts?.networks.map((one) => one.name).join(', ') ?? '';
  const compared = { kind, source: name, target: targetName, onTarget: stateOf(onTarget), networks };
  if (onTarget === null) {
    const remedy = `See that "${targetName}" is there on the target (ip link, virsh net-list), and that its libvirtd answers.`;
    return unsure(code, `the target did not tell whether it has the ${what}`, compared, remedy);
  }
  if (onTarget === 'absent') return judgeAbsent(network, input, what, compared);
  const misfit = networkFits(code, network, onTarget, compared);
  if (misfit !== null) return misfit;
  if (onTarget.kind === 'network' && !onTarget.active)
    return noted(code, `the ${what} of the target is not active: it will be started`, compared);
  if (onTarget.kind === 'device' && !onTarget.active)
    return passed(code, `the target has the ${what}, down as at the source`, compared);
  return passed(code, `the target has the ${what}`, compared);
}

function judgeAbsent(
  { kind, name, targetName, wouldLack }: NetworkComparison,
  { request, target }: CheckInput,
  what: string,
  compared: Finding['compared'],
): Finding {
  const otherwise = `or name the one that leads to the same network: --map-network ${name}=OTHER`;
  if (kind !== 'network') {
    const remedy = `Make "${targetName}" on the target (ip link), ${otherwise}.`;
    return refused(code, `the target has no ${what}`, compared, remedy);
  }
  const mayBeDefined = networkSettings(request, target).define && name === targetName;
  if (mayBeDefined && wouldLack.length > 0) {
    const lacks = wouldLack.join(', ');
    const remedy = `Make ${lacks} on the target, ${otherwise}.`;
    const message = `the target has no ${what}, and lacks what it leads through at the source: ${lacks}`;
    return refused(code, message, { ...compared, lacks }, remedy);
  }
  if (mayBeDefined)
    return noted(
      code,
      `the target has no ${what}: it will be defined as on the source, and started`,
      compared,
    );
  const remedy = `Let Ferry define it as on the source: --define-networks, do it by hand (virsh net-dumpxml ${name} on the source shows it), ${otherwise}.`;
  return refused(code, `the target has no ${what}`, compared, remedy);
}

function stateOf(network: NetworkComparison['onTarget']): string | null {
  if (network === null || network === 'absent') return network;
  return network.active ? 'active' : 'not active';
}

/** A name that nothing is plugged into is a slip of the pen. */
function unusedNames({ request, networks }: CheckInput): Finding[] {
  const used = new Set(networks.map((network) => network.name));
  return Object.keys(request.networkMap)
    .filter((name) => !used.has(name))
    .map((name) => {
      const compared = { mapped: name, guestHas: [...used].join(', ') };
      const remedy = 'Correct the name, or leave it out.';
      return warned(code, `the guest is not plugged into "${name}", which is mapped`, compared, remedy);
    });
}
