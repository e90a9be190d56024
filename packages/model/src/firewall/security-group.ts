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
