import { createHash } from 'node:crypto';
import { filterNames, parseCidr, type SecurityGroup, type SecurityGroupRule } from '@ferry/model';
import type { InstanceFilter } from '../contract/host-networks.ts';
import { requiredText, rootOf } from './parse-xml.ts';
import { escapeXml } from './write-xml.ts';

/**
 * Order of rules: libvirt sorts those of all filters of an interface by it. Rules of frames and rules of packets are
 * tables of their own, and a packet must pass both.
 */
const order = {
  forged: -900,
  frames: -800,
  otherFrames: -700,
  never: 100,
  needed: 200,
  groups: 300,
  rest: 900,
};

interface Rule {
  readonly action: 'accept' | 'drop';
  readonly direction: 'in' | 'out' | 'inout';
  readonly priority: number;
  /** Without it libvirt lets the answers of a flow that was let through come back, and nothing else. */
  readonly stateless?: boolean;
  readonly match: string;
}

/** The filter of a security group: what it lets through, either way, and the answers to that. */
export function groupFilterXml(group: SecurityGroup): string {
  return filterXml(filterNames.group(group.id), group.rules.map(groupRule), []);
}

/** The filter of an instance: no forged sender, then what its groups let through, and nothing else. */
export function instanceFilterXml(filter: InstanceFilter): string {
  const rules = [...senderRules(filter.addresses), ...neverRules, ...neededRules, ...restRules];
  return filterXml(filterNames.instance(filter.instanceId), rules, filter.groupIds.map(filterNames.group));
}

function groupRule(rule: SecurityGroupRule): Rule {
  const ingress = rule.direction === 'ingress';
  const attributes: string[] = [];
  if (rule.ports !== null)
    attributes.push(`dstportstart='${rule.ports[0]}'`, `dstportend='${rule.ports[1]}'`);
  const cidr = rule.remoteCidr === null ? null : parseCidr(rule.remoteCidr);
  // A range of all addresses is none: libvirt takes no mask of 0 bits.
  if (cidr !== null && cidr.prefix > 0) {
    const side = ingress ? 'src' : 'dst';
    attributes.push(`${side}ipaddr='${cidr.address}'`, `${side}ipmask='${cidr.prefix}'`);
  }
  return {
    action: 'accept',
    direction: ingress ? 'in' : 'out',
    priority: order.groups,
    match: [protocolName(rule), ...attributes].join(' '),
  };
}

function protocolName({ protocol, ethertype }: SecurityGroupRule): string {
  if (protocol === 'icmp') return ethertype === 'IPv4' ? 'icmp' : 'icmpv6';
  return `${protocol === 'any' ? 'all' : protocol}${ethertype === 'IPv4' ? '' : '-ipv6'}`;
}

/** Frames: from the instance's own addresses only; and only of the kinds that rules of packets see, or that carry nothing. */
function senderRules(addresses: readonly string[]): Rule[] {
  const forged = { action: 'drop', direction: 'out', priority: order.forged } as const;
  const frame = (direction: Rule['direction'], match: string): Rule => ({
    action: 'accept',
    direction,
    priority: order.frames,
    match,
  });
  const kinds = (direction: Rule['direction'], names: readonly string[]): Rule[] =>
    names.map((name) => frame(direction, `mac protocolid='${name}'`));
  return [
    { ...forged, match: "mac match='no' srcmacaddr='$MAC'" },
    { ...forged, match: "arp match='no' arpsrcmacaddr='$MAC'" },
    ...kinds('in', ['ipv4', 'ipv6', 'arp', 'rarp']),
    // RARP is how the hypervisor tells switches where the guest is now.
    ...(addresses.length === 0
      ? kinds('out', ['ipv4', 'ipv6', 'arp', 'rarp'])
      : [...addressRules(addresses).map((match) => frame('out', match)), ...kinds('out', ['rarp'])]),
    { action: 'drop', direction: 'inout', priority: order.otherFrames, match: 'mac' },
  ];
}

/** With the addresses named: those, none yet (DHCP, duplicate address detection), and the link's own of IPv6. */
function addressRules(addresses: readonly string[]): string[] {
  return [
    "ip srcipaddr='0.0.0.0'",
    "arp arpsrcipaddr='0.0.0.0'",
    "ipv6 srcipaddr='::'",
    "ipv6 srcipaddr='fe80::' srcipmask='10'",
    ...addresses.flatMap((address) =>
      parseCidr(address)?.family === 'IPv4'
        ? [`ip srcipaddr='${address}'`, `arp arpsrcipaddr='${address}'`]
        : [`ipv6 srcipaddr='${address}'`],
    ),
  ];
}

const stateless = { stateless: true } as const;
const never = { action: 'drop', priority: order.never, ...stateless } as const;
const needed = { action: 'accept', priority: order.needed, ...stateless } as const;

/** An instance gives out no addresses and is no router: others would believe it. */
const neverRules: readonly Rule[] = [
  { ...never, direction: 'out', match: "udp srcportstart='67' dstportstart='68'" },
  { ...never, direction: 'out', match: "udp-ipv6 srcportstart='547' dstportstart='546'" },
  { ...never, direction: 'out', match: "icmpv6 type='134'" },
];

/** What no network goes without: an address from its server, and who has which address (IPv6). */
const neededRules: readonly Rule[] = [
  { ...needed, direction: 'in', match: "udp srcportstart='67' dstportstart='68'" },
  { ...needed, direction: 'out', match: "udp srcportstart='68' dstportstart='67'" },
  { ...needed, direction: 'in', match: "udp-ipv6 srcportstart='547' dstportstart='546'" },
  { ...needed, direction: 'out', match: "udp-ipv6 srcportstart='546' dstportstart='547'" },
  // Multicast listeners, router and neighbour discovery. libvirt takes a type with one direction only.
  ...['130', '131', '132', '134', '135', '136'].map(
    (type): Rule => ({ ...needed, direction: 'in', match: `icmpv6 type='${type}'` }),
  ),
  ...['131', '132', '133', '135', '136', '143'].map(
    (type): Rule => ({ ...needed, direction: 'out', match: `icmpv6 type='${type}'` }),
  ),
  { action: 'accept', direction: 'in', priority: order.needed, match: "all state='RELATED'" },
  { action: 'accept', direction: 'in', priority: order.needed, match: "all-ipv6 state='RELATED'" },
];

const restRules: readonly Rule[] = ['all', 'all-ipv6'].map((match) => ({
  action: 'drop',
  direction: 'inout',
  priority: order.rest,
  match,
}));

function filterXml(name: string, rules: readonly Rule[], references: readonly string[]): string {
  const lines = rules.map(
    ({ action, direction, priority, stateless: without, match }) =>
      `  <rule action='${action}' direction='${direction}' priority='${priority}'${without === true ? " statematch='false'" : ''}><${match}/></rule>`,
  );
  const others = references.map((other) => `  <filterref filter='${escapeXml(other)}'/>`);
  return [
    `<filter name='${escapeXml(name)}' chain='root'>`,
    `  <uuid>${uuidOf(name)}</uuid>`,
    ...lines,
    ...others,
    '</filter>',
  ].join('\n');
}

/** The same name has the same uuid always: libvirt changes a filter in place only when both are those it has. */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The id of the domain before whose interface a binding puts a packet filter (libvirt's schema nwfilterbinding.rng). */
export function readBindingOwner(xml: string): string {
  return requiredText(rootOf(xml, 'filterbinding'), 'owner', 'uuid').toLowerCase();
}
