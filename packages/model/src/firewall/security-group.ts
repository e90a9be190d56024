/** Addresses with a common beginning. */
export interface Cidr {
  readonly family: 'IPv4' | 'IPv6';
  readonly address: string;
  readonly prefix: number;
}

const bits = { IPv4: 32, IPv6: 128 } as const;

/** Reads `10.0.0.0/8`, `2001:db8::/32` or a single address; null for what is none. */
export function parseCidr(text: string): Cidr | null {
  const [address = '', length, ...more] = text.split('/');
  if (more.length > 0) return null;
  const family = isIpv4(address) ? 'IPv4' : isIpv6(address) ? 'IPv6' : null;
  if (family === null) return null;
  if (length === undefined) return { family, address, prefix: bits[family] };
  const prefix = Number(length);
  if (!/^\d{1,3}$/.test(length) || prefix > bits[family]) return null;
  return { family, address, prefix };
}

function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

/** RFC 4291, without an IPv4 address at the end. */
function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  return halves.length === 2 ? groups.length < 8 : groups.length === 8;
}

/** Which way a flow begins: to the instance, or from it. Answers follow it by themselves. */
export type RuleDirection = 'ingress' | 'egress';

/** One kind of flow that a security group lets through; what no rule names is dropped. */
export interface SecurityGroupRule {
  readonly id: string;
  readonly direction: RuleDirection;
  readonly ethertype: 'IPv4' | 'IPv6';
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'any';
  /** First and last port at the far end of the flow's beginning; null for all, and for icmp and any. */
  readonly ports: readonly [number, number] | null;
  /** Addresses of the other side, `10.0.0.0/8`; null for all. */
  readonly remoteCidr: string | null;
}

/** Rules under a name; an instance may have several groups, and what any of them lets through goes through. */
export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly rules: readonly SecurityGroupRule[];
}

/** What stands before the interfaces of an instance. No groups: nothing does. */
export interface InstanceFirewall {
  readonly groups: readonly SecurityGroup[];
  /** Addresses that the instance may send from; empty lets it send from any. */
  readonly addresses: readonly string[];
}

const greatestPort = 65_535;

/** What is wrong with a rule, a sentence each; empty when nothing is. */
export function ruleProblems(rule: Omit<SecurityGroupRule, 'id'>): string[] {
  const problems: string[] = [];
  const { ports, protocol, remoteCidr, ethertype } = rule;
  if (ports !== null) {
    const [first, last] = ports;
    if (protocol !== 'tcp' && protocol !== 'udp')
      problems.push(`Ports are of tcp and udp, and the protocol is ${protocol}.`);
    if (first < 1 || last > greatestPort || first > last)
      problems.push(`The ports ${first}-${last} are no range within 1-${greatestPort}.`);
  }
  if (remoteCidr !== null) {
    const cidr = parseCidr(remoteCidr);
    if (cidr === null) problems.push(`"${remoteCidr}" is no range of addresses such as 10.0.0.0/8.`);
    else if (cidr.family !== ethertype)
      problems.push(`"${remoteCidr}" is ${cidr.family}, and the rule is of ${ethertype}.`);
  }
  return problems;
}

const filterPrefix = 'ferry-';
const ofInstances = `${filterPrefix}instance-`;

/** Names of Ferry's packet filters on hosts: told from all others by their beginning. */
export const filterNames = {
  group: (groupId: string): string => `${filterPrefix}group-${groupId}`,
  instance: (instanceId: string): string => `${ofInstances}${instanceId}`,
  isOurs: (name: string): boolean => name.startsWith(filterPrefix),
  isInstance: (name: string): boolean => name.startsWith(ofInstances),
} as const;
