import { networkSettings } from '../host/host.ts';
import type { NetworkIdentity, NetworkComparison } from '../instance/network-facts.ts';
import { bothKinds, type Check, type CheckInput } from './check-input.ts';
import { type Finding, hostSilent, passed, refused, warned } from './finding.ts';

const code = 'network-same';

/**
 * That a network of the target has the same name proves nothing: what the guest sees of it is compared. Who names it by a
 * mapping, be it by its own name, has said that it is the right one.
 */
export const networkSameCheck: Check = {
  code,
  about: "the target's networks are those that the guest is in, and not others of the same name",
  kinds: bothKinds,
  judge: (input) => {
    if (input.domain === null) return [hostSilent(code, 'source', 'the networks of the guest')];
    const findings = input.networks.flatMap((network) => judgeNetwork(network, input));
    return findings.length > 0
      ? findings
      : [passed(code, 'the guest is in no network of the hypervisor', { networks: 0 })];
  },
};

function judgeNetwork(network: NetworkComparison, input: CheckInput): Finding[] {
  const { kind, name, targetName, atSource, onTarget } = network;
  if (kind !== 'network') return [];
  // What a host did not tell, or lacks, is another check's finding.
  if (atSource === null || atSource === 'absent' || onTarget === null || onTarget === 'absent') return [];
  const [here, there] = [atSource.identity, onTarget.identity];
  if (here === null || there === null) return [];
  const macs = (input.domain?.interfaces ?? []).flatMap((one) =>
    one.kind === 'network' && one.source === name ? [one.mac.toLowerCase()] : [],
  );
  const differing = differences(here, there, macs);
  const compared = Object.fromEntries([
    ['network', targetName],
    ...differing.flatMap(({ what, source, target }) => [
      [`${what}AtSource`, source],
      [`${what}OnTarget`, target],
    ]),
  ]) as Finding['compared'];
  const what = `the network "${targetName}" of the target`;
  if (differing.length === 0) return [passed(code, `${what} is as at the source`, compared)];
  const words = differing.map((one) => `${one.words}: ${one.target} there, ${one.source} at the source`);
  const message = `${what} is another one: ${words.join('; ')}`;
  if (Object.hasOwn(networkSettings(input.request, input.target).map, name))
    return [warned(code, message, compared, 'It was named for this guest, and is taken.')];
  const remedy = `Make it alike (virsh net-edit ${targetName}), name the right one: --map-network ${name}=OTHER, or, where this one is right for the guest, say so: --map-network ${name}=${targetName}.`;
  return [refused(code, message, compared, remedy)];
}

interface Difference {
  readonly what: string;
  readonly words: string;
  readonly source: string;
  readonly target: string;
}

function differences(
  here: NetworkIdentity,
  there: NetworkIdentity,
  macs: readonly string[],
): readonly Difference[] {
  const all: Difference[] = [
    { what: 'forward', words: 'how it forwards', source: here.forward, target: there.forward },
    {
      what: 'addresses',
      words: 'addresses of the host in it',
      source: list(here.addresses),
      target: list(there.addresses),
    },
    {
      what: 'bridge',
      words: 'the bridge that it leads through',
      source: here.hostBridge ?? 'none',
      target: there.hostBridge ?? 'none',
    },
    ...macs
      // What only the target keeps for it harms nobody.
      .filter((mac) => reserved(here, mac) !== 'none')
      .map((mac) => ({
        what: 'reserved',
        words: `the address kept for ${mac}`,
        source: reserved(here, mac),
        target: reserved(there, mac),
      })),
  ];
  return all.filter(({ source, target }) => source !== target);
}

function list(all: readonly string[]): string {
  return all.length === 0 ? 'none' : all.join(', ');
}

function reserved(of: NetworkIdentity, mac: string): string {
  return of.reservations.find((one) => one.mac === mac)?.address ?? 'none';
}
