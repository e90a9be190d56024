import { XMLSerializer } from '@xmldom/xmldom';
import { at, attribute, children, rootOf, textOf, XmlError } from './parse-xml.ts';

/** What a network's description says (https://libvirt.org/formatnetwork.html). */
export interface NetworkDescription {
  readonly name: string;
  readonly bridge: string | null;
  /** Whether its bridge is one that libvirt makes for it, or one of the host. */
  readonly ownBridge: boolean;
  readonly mtu: number | null;
}

/** Forms of a network whose bridge is the host's own, or that have none. */
const foreign: ReadonlySet<string | null> = new Set(['bridge', 'private', 'vepa', 'passthrough', 'hostdev']);

/** Reads a network's XML. */
export function readNetworkXml(xml: string): NetworkDescription {
  const network = rootOf(xml, 'network');
  const mtu = Number(attribute(at(network, 'mtu'), 'size') ?? Number.NaN);
  return {
    name: textOf(at(network, 'name')) ?? '',
    bridge: attribute(at(network, 'bridge'), 'name'),
    ownBridge: !foreign.has(attribute(at(network, 'forward'), 'mode')),
    mtu: Number.isInteger(mtu) && mtu > 0 ? mtu : null,
  };
}

/** A network's definition for another host: all but the hardware address of its bridge, which is this host's own. */
export function portableNetworkXml(xml: string): string {
  const network = rootOf(xml, 'network');
  if (textOf(at(network, 'name')) === null) throw new XmlError('<network> has no <name>');
  for (const mac of children(network, 'mac')) network.removeChild(mac);
  return new XMLSerializer().serializeToString(network);
}
