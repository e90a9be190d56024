import type { NetworkIdentity } from '@ferry/model';
import type { Element } from '@xmldom/xmldom';
import { at, attribute, children, rootOf, textOf, XmlError, writeXml } from './parse-xml.ts';

/** What a network's description says (https://libvirt.org/formatnetwork.html). */
export interface NetworkDescription {
  readonly name: string;
  readonly bridge: string | null;
  /** Whether its bridge is one that libvirt makes for it, or one of the host. */
  readonly ownBridge: boolean;
  readonly mtu: number | null;
  /** Cards that its guests' macvtap devices stand on, of which the hypervisor chooses one for each. */
  readonly cards: readonly string[];
  /** How it treats a port, by port group; under '' where an interface names no group. */
  readonly portGroups: Readonly<Record<string, string>>;
  /** What tells it from another network of the same name. */
  readonly identity: NetworkIdentity;
}

/** Forms of a network whose bridge is the host's own, or that have none. */
const foreign: ReadonlySet<string | null> = new Set(['bridge', 'private', 'vepa', 'passthrough', 'hostdev']);

const macvtapModes: ReadonlySet<string | null> = new Set(['bridge', 'private', 'vepa', 'passthrough']);

/** Reads a network's XML. */
export function readNetworkXml(xml: string): NetworkDescription {
  const network = rootOf(xml, 'network');
  const mtu = Number(attribute(at(network, 'mtu'), 'size') ?? Number.NaN);
  return {
    name: textOf(at(network, 'name')) ?? '',
    bridge: attribute(at(network, 'bridge'), 'name'),
    ownBridge: !foreign.has(attribute(at(network, 'forward'), 'mode')),
    mtu: Number.isInteger(mtu) && mtu > 0 ? mtu : null,
    cards: cardsOf(network),
    portGroups: portGroupsOf(network),
    identity: identityOf(network),
  };
}

function identityOf(network: Element): NetworkIdentity {
  const forward = at(network, 'forward');
  // A <forward> that names no mode is NAT; a network without one leads nowhere.
  const mode = forward === null ? 'isolated' : (attribute(forward, 'mode') ?? 'nat');
  const ips = children(network, 'ip');
  return {
    forward: mode,
    hostBridge: foreign.has(mode) ? attribute(at(network, 'bridge'), 'name') : null,
    addresses: ips.map(addressOf).toSorted(),
    reservations: ips
      .flatMap((ip) => children(ip, 'dhcp'))
      .flatMap((dhcp) => children(dhcp, 'host'))
      .flatMap((host) => {
        const [mac, address] = [attribute(host, 'mac'), attribute(host, 'ip')];
        return mac === null || address === null ? [] : [{ mac: mac.toLowerCase(), address }];
      }),
  };
}

/** The host's address in a network and the length of its prefix, which a netmask tells as well. */
function addressOf(ip: Element): string {
  const netmask = attribute(ip, 'netmask');
  const bits =
    netmask === null
      ? null
      : netmask
          .split('.')
          .reduce((sum, part) => sum + Number(part).toString(2).replaceAll('0', '').length, 0);
  const prefix = attribute(ip, 'prefix') ?? bits;
  const address = (attribute(ip, 'address') ?? '').toLowerCase();
  return prefix === null ? address : `${address}/${prefix}`;
}

function cardsOf(network: Element): string[] {
  const forward = at(network, 'forward');
  // A network with NAT names the card that packets leave by: guests do not stand on it.
  if (forward === null || !macvtapModes.has(attribute(forward, 'mode'))) return [];
  const named = [forward, ...children(forward, 'interface')].map((one) => attribute(one, 'dev'));
  return [...new Set(named.filter((name) => name !== null))];
}

function portGroupsOf(network: Element): Record<string, string> {
  const groups = children(network, 'portgroup');
  const usual = groups.find((group) => attribute(group, 'default') === 'yes');
  const named = groups.map((group) => [attribute(group, 'name') ?? '', portOf(network, group)] as const);
  return { ...Object.fromEntries(named), '': portOf(network, usual ?? network) };
}

/** VLAN and kind of switch port that a port gets; what a group does not say is said by its network. */
function portOf(network: Element, group: Element): string {
  const vlan = at(group, 'vlan') ?? at(network, 'vlan');
  const port = at(group, 'virtualport') ?? at(network, 'virtualport');
  const tags = vlan === null ? [] : children(vlan, 'tag').map(tagOf);
  const words = [
    tags.length === 0 ? 'untagged' : `VLAN ${tags.join(', ')}`,
    ...(vlan !== null && attribute(vlan, 'trunk') === 'yes' ? ['trunk'] : []),
    ...(port === null ? [] : [`${attribute(port, 'type') ?? 'virtual'} port${parametersOf(port)}`]),
  ];
  return words.join(', ');
}

function tagOf(tag: Element): string {
  const native = attribute(tag, 'nativeMode');
  return `${attribute(tag, 'id') ?? ''}${native === null ? '' : ` (${native})`}`;
}

/** What a controller of the switch is told of a port; its own id is the port's alone. */
function parametersOf(port: Element): string {
  const parameters = at(port, 'parameters');
  const told = ['profileid', 'managerid', 'typeid', 'typeidversion', 'instanceid']
    .map((name) => [name, attribute(parameters, name)] as const)
    .filter(([, value]) => value !== null);
  return told.map(([name, value]) => ` ${name}=${value}`).join('');
}

/** A network's definition for another host: all but the hardware address of its bridge, which is this host's own. */
export function portableNetworkXml(xml: string): string {
  const network = rootOf(xml, 'network');
  if (textOf(at(network, 'name')) === null) throw new XmlError('<network> has no <name>');
  for (const mac of children(network, 'mac')) network.removeChild(mac);
  return writeXml(network);
}
