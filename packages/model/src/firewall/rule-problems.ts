import { parseCidr } from './parse-cidr.ts';
import type { SecurityGroupRule } from './security-group.ts';

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
