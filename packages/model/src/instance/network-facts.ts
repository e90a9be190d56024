/** What an interface of a guest is plugged into, as one host has it. */
export interface HostNetworkFacts {
  /** `network` is one of the hypervisor's own; `device` a bridge or card of the host. */
  readonly kind: 'network' | 'device';
  /** Whether guests can be plugged in now: a network is started, a device is up and, where a daemon serves it, that runs. */
  readonly active: boolean;
  /** Whether a device is a Linux bridge; null where that could not be told. */
  readonly isBridge: boolean | null;
  /** Whether a device, or the bridge that a network leads through, is one of Open vSwitch; null where that could not be told. */
  readonly isOpenVswitch: boolean | null;
  /** Whether a device is a part of another one, a bridge or a bond; null where that could not be told. */
  readonly isPart: boolean | null;
  /** Macvtap devices that stand on a device: of guests that are plugged into it now. */
  readonly macvtaps: readonly string[];
  /** Devices of the host that a network leads through: its bridge, or a choice of cards. */
  readonly through: readonly string[];
  /** Those of them that the host lacks. */
  readonly lacks: readonly string[];
  /** How a network treats a port, by port group: VLAN and kind of switch port; under '' where an interface names no group. */
  readonly portGroups: Readonly<Record<string, string>>;
  /** Largest packet; null where it could not be had. */
  readonly mtu: number | null;
  /** What tells one network of the hypervisor from another of the same name; null for a device. */
  readonly identity: NetworkIdentity | null;
}

/** What a network of the hypervisor is, as far as its description says (libvirt's formatnetwork). */
export interface NetworkIdentity {
  /** `nat`, `route`, `open`, `bridge` and so on; `isolated` where it forwards nothing. */
  readonly forward: string;
  /** The bridge of the host that it leads through; null where it has one of its own, or none. */
  readonly hostBridge: string | null;
  /** Addresses of the host in it, which guests have as their gateway, with the length of their prefix: `192.168.122.1/24`. */
  readonly addresses: readonly string[];
  /** Addresses that it keeps for guests, by hardware address in small letters. */
  readonly reservations: readonly { readonly mac: string; readonly address: string }[];
}

/** One network, bridge or device of a guest on both hosts. */
export interface NetworkComparison {
  readonly kind: 'network' | 'bridge' | 'direct';
  readonly virtualPort: string | null;
  /** The port group of a network that the guest's interface is in; null where it names none. */
  readonly portGroup: string | null;
  /** How macvtap devices share a card: `bridge`, `private`, `vepa`, `passthrough`; null for the other kinds. */
  readonly mode: string | null;
  /** Its name at the source. */
  readonly name: string;
  /** Its name at the target: another one where it is mapped. */
  readonly targetName: string;
  /** Null where a host did not say. */
  readonly atSource: HostNetworkFacts | 'absent' | null;
  readonly onTarget: HostNetworkFacts | 'absent' | null;
  /** Devices that the source's network leads through and the target lacks, where the target has no such network. */
  readonly wouldLack: readonly string[];
}

/** Where a disk on the network is. */
export interface NetworkSource {
  /** libvirt's word: `nbd`, `iscsi`, `nfs`, `rbd`. */
  readonly protocol: string;
  /** Export, volume or file on the server; empty where the protocol needs none. */
  readonly name: string;
  /** Servers as `host:port`, or `unix:PATH` for a socket of the hypervisor's own host. */
  readonly servers: readonly string[];
  /** The hypervisor's own description of it, with whom to name to the server, so that another host can try it. */
  readonly description: string;
}

const loopback = /^(?:localhost|127(?:\.\d+){3}|\[?::1\]?)(?::\d+)?$/i;

/** Servers that another host means something else by: sockets and loopback addresses. */
export function serversOfOneHost({ servers }: NetworkSource): string[] {
  return servers.filter((server) => server.startsWith('unix:') || loopback.test(server));
}

/** What is told of a network that there is nothing to tell of. */
export const unspecifiedNetwork: Omit<HostNetworkFacts, 'kind' | 'active' | 'mtu'> = {
  isBridge: null,
  isOpenVswitch: null,
  isPart: null,
  macvtaps: [],
  through: [],
  lacks: [],
  portGroups: {},
  identity: null,
};
