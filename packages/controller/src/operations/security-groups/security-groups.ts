import { randomUUID } from 'node:crypto';
import type { NewSecurityGroupBody, NewSecurityGroupRuleBody } from '@ferry/api';
import { ruleProblems, type SecurityGroup, type SecurityGroupRule } from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { type HostTold, syncFilters } from './host-filters.ts';

/** A group, and which hosts hold it as it is now. */
export interface ChangedGroup {
  readonly group: SecurityGroup;
  readonly applied: readonly HostTold[];
}

/** The group of that name or id. */
export async function findGroup(services: Services, name: string): Promise<SecurityGroup> {
  const found = await services.store.securityGroups.byNameOrId(name);
  if (found !== null) return found;
  const known = (await services.store.securityGroups.list()).map((one) => one.name);
  const list = known.length === 0 ? 'none is made yet' : `there are: ${known.slice(0, 10).join(', ')}`;
  throw new Refusal('security-group-not-found', `There is no security group "${name}"; ${list}.`);
}

/** Makes a group. Its instances may begin flows to anywhere, unless that is not wanted; nothing reaches them yet. */
export async function createGroup(services: Services, body: NewSecurityGroupBody): Promise<SecurityGroup> {
  const everywhere = (['IPv4', 'IPv6'] as const).map(
    (ethertype): NewSecurityGroupRuleBody => ({
      direction: 'egress',
      ethertype,
    }),
  );
  const rules = [...(body.egress === false ? [] : everywhere), ...(body.rules ?? [])].map(newRule);
  const group = { id: randomUUID(), name: body.name, description: body.description ?? '', rules };
  if ((await services.store.securityGroups.add(group)) === 'name-taken')
    throw new Refusal('security-group-exists', `There is a security group "${body.name}" already.`);
  return group;
}

/** Removes a group that no instance has. */
export async function deleteGroup(services: Services, name: string): Promise<SecurityGroup> {
  const group = await findGroup(services, name);
  const users = await services.store.securityGroups.remove(group.id);
  if (users.length > 0)
    throw new Refusal('security-group-in-use', `"${group.name}" stands before: ${users.join(', ')}.`);
  return group;
}

/** Lets one more kind of flow through, on all hosts at once. */
export async function addRule(
  services: Services,
  name: string,
  body: NewSecurityGroupRuleBody,
): Promise<ChangedGroup> {
  const rule = newRule(body);
  const group = await findGroup(services, name);
  const same = group.rules.find((one) => sameFlow(one, rule));
  if (same !== undefined)
    throw new Refusal('rule-exists', `"${group.name}" has that rule already: ${same.id}.`);
  return changed(services, name, group.id, (rules) => [...rules, rule]);
}

/** Lets a kind of flow through no longer, also where it is under way. */
export async function removeRule(services: Services, name: string, ruleId: string): Promise<ChangedGroup> {
  const group = await findGroup(services, name);
  if (!group.rules.some((rule) => rule.id === ruleId))
    throw new Refusal('rule-not-found', `"${group.name}" has no rule "${ruleId}".`);
  return changed(services, name, group.id, (rules) => rules.filter((rule) => rule.id !== ruleId));
}

async function changed(
  services: Services,
  name: string,
  id: string,
  change: (rules: readonly SecurityGroupRule[]) => readonly SecurityGroupRule[],
): Promise<ChangedGroup> {
  const group = await services.store.securityGroups.changeRules(id, change);
  if (group === null) throw new Refusal('security-group-not-found', `"${name}" was removed meanwhile.`);
  return { group, applied: await syncFilters(services) };
}

function newRule(body: NewSecurityGroupRuleBody): SecurityGroupRule {
  const rule: SecurityGroupRule = {
    id: randomUUID(),
    direction: body.direction ?? 'ingress',
    ethertype: body.ethertype ?? (body.remoteCidr?.includes(':') === true ? 'IPv6' : 'IPv4'),
    protocol: body.protocol ?? 'any',
    ports: body.portMin == null ? null : [body.portMin, body.portMax ?? body.portMin],
    remoteCidr: body.remoteCidr ?? null,
  };
  const problems = ruleProblems(rule);
  if (problems.length > 0) throw new Refusal('bad-request', problems.join(' '));
  return rule;
}

function sameFlow(one: SecurityGroupRule, other: SecurityGroupRule): boolean {
  return JSON.stringify({ ...one, id: '' }) === JSON.stringify({ ...other, id: '' });
}
