import type {
  ChangedSecurityGroupBody,
  InstanceGroupsBody,
  SecurityGroupBody,
  SecurityGroupRuleBody,
} from '@ferry/api';
import { formatFields, formatTable } from './table.ts';

/** Groups, a line each. */
export function formatGroups(groups: readonly SecurityGroupBody[]): string {
  if (groups.length === 0) return 'No security groups yet: make one with `ferry security-group create NAME`.';
  return formatTable(
    [
      { heading: 'NAME' },
      { heading: 'ID' },
      { heading: 'RULES', align: 'right' },
      { heading: 'DESCRIPTION' },
    ],
    groups.map((one) => [one.name, one.id, String(one.rules.length), one.description]),
  );
}

/** One group with its rules. */
export function formatGroup(group: SecurityGroupBody): string {
  const fields = formatFields([
    ['name', group.name],
    ['id', group.id],
    ['description', group.description === '' ? '-' : group.description],
  ]);
  return `${fields}\n\n${group.rules.length === 0 ? 'No rules: nothing is let through.' : formatRules(group.rules)}\n`;
}

/** What stands before an instance. */
export function formatInstanceGroups({ instance, groups, addresses, applied }: InstanceGroupsBody): string {
  if (groups.length === 0)
    return `${instance}: no security group, all is let through\n${formatApplied(applied)}`;
  const fields = formatFields([
    ['instance', instance],
    ['groups', groups.map((group) => group.name).join(', ')],
    ['sends from', addresses.length === 0 ? 'any address' : addresses.join(', ')],
  ]);
  return `${fields}\n\n${formatRules(groups.flatMap((group) => group.rules))}\n${formatApplied(applied)}`;
}

/** Hosts that do not hold a change yet; nothing when all do. */
export function formatApplied(applied: ChangedSecurityGroupBody['applied']): string {
  return applied
    .filter((one) => one.state === 'waiting')
    .map(
      (one) =>
        `\nNOT YET on ${one.host}: ${one.reason}\n-> It is told again every while; see that it answers.\n`,
    )
    .join('');
}

function formatRules(rules: readonly SecurityGroupRuleBody[]): string {
  return formatTable(
    [
      { heading: 'RULE' },
      { heading: 'DIRECTION' },
      { heading: 'FAMILY' },
      { heading: 'PROTOCOL' },
      { heading: 'PORTS' },
      { heading: 'REMOTE' },
    ],
    rules.map((rule) => [
      rule.id,
      rule.direction,
      rule.ethertype,
      rule.protocol,
      portsOf(rule),
      rule.remoteCidr ?? 'all',
    ]),
  );
}

function portsOf({ portMin, portMax }: SecurityGroupRuleBody): string {
  if (portMin === null) return 'all';
  return portMax === portMin ? String(portMin) : `${portMin}-${portMax ?? portMin}`;
}
