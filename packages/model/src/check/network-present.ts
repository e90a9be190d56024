import type { HostFacts } from '../host/host-facts.ts';
import type { InterfaceFacts } from '../instance/domain-facts.ts';
import { bothKinds } from './both-kinds.ts';
import type { Check } from './check-input.ts';
import type { Finding } from './finding.ts';
import { hostSilent, passed, refused, unsure } from './make-finding.ts';
import { liveFacts } from './show-values.ts';

const code = 'network-present';

/** Every network that the guest is plugged into is there on the target, under the same name, and active. */
export const networkPresentCheck: Check = {
  code,
  about: "the guest's networks are present on the target",
  kinds: bothKinds,
  judge: ({ domain, target }) => {
    const facts = liveFacts(target);
    if (domain === null) return [hostSilent(code, 'source', 'the networks of the guest')];
    if (facts === null) return [hostSilent(code, 'target', 'its networks')];
    if (domain.interfaces.length === 0) return [passed(code, 'the guest has no network', { interfaces: 0 })];
    const unique = new Map(domain.interfaces.map((one) => [`${one.kind} ${one.source ?? ''}`, one]));
    return [...unique.values()].map((one) => judgeInterface(one, facts));
  },
};

function judgeInterface({ kind, source }: InterfaceFacts, facts: HostFacts): Finding {
  const compared = { kind, source, onTarget: facts.networks.map((network) => network.name).join(', ') };
  if (kind === 'user') return passed(code, 'user networking needs nothing of the host', compared);
  if (kind === 'network') return judgeNetwork(source ?? '', facts, compared);
  if (kind === 'bridge' && facts.networks.some((network) => network.active && network.bridge === source)) {
    return passed(code, `the target has the bridge "${source ?? ''}"`, compared);
  }
  const remedy = `See that "${source ?? 'it'}" is there on the target (ip link) and leads to the same network.`;
  return unsure(
    code,
    `libvirt does not show whether the target has the ${kind} device "${source ?? ''}"`,
    compared,
    remedy,
  );
}

function judgeNetwork(name: string, facts: HostFacts, compared: Finding['compared']): Finding {
  const network = facts.networks.find((one) => one.name === name);
  if (network === undefined) {
    const remedy = `Define the network "${name}" on the target (virsh net-dumpxml on the source shows it).`;
    return refused(code, `the target has no network "${name}"`, compared, remedy);
  }
  if (!network.active) {
    const remedy = `Start it: virsh net-start ${name}.`;
    return refused(code, `the network "${name}" of the target is not active`, compared, remedy);
  }
  return passed(code, `the target has the network "${name}"`, compared);
}
