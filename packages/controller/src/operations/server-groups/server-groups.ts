import { randomUUID } from 'node:crypto';
import { type Caller, hasRole, type ServerGroup, type ServerGroupPolicy } from '@ferry/model';
import { quotasOf, requireQuota } from '../engine/quotas.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';

/** A group with the ids of its members. */
export type GroupWithMembers = ServerGroup & { readonly memberIds: readonly string[] };

/** The groups of the caller's project, or all. */
export async function listServerGroups(
  services: Services,
  caller: Caller,
  all: boolean,
): Promise<GroupWithMembers[]> {
  const groups = await services.store.serverGroups.list();
  const shown = groups.filter((group) => all || group.projectId === caller.projectId);
  return Promise.all(shown.map((group) => withMembers(services, group)));
}

/** One of the caller's project, or any for an administrator; refuses else. */
export async function findServerGroup(
  services: Services,
  caller: Caller,
  id: string,
): Promise<GroupWithMembers> {
  const group = await services.store.serverGroups.byId(id);
  if (group === null || (group.projectId !== caller.projectId && !hasRole(caller, 'admin')))
    throw new Refusal('server-group-not-found', `Instance group ${id} could not be found.`);
  return withMembers(services, group);
}

/** Adds a group without members: instances come into it when they are created. */
export async function createServerGroup(
  services: Services,
  caller: Caller,
  wanted: {
    readonly name: string;
    readonly policy: ServerGroupPolicy;
    readonly maxPerHost: number | null;
  },
): Promise<GroupWithMembers> {
  const { projectId, userId } = caller;
  if (projectId === null) throw new Refusal('bad-request', 'A server group belongs to a project.');
  const { length } = await listServerGroups(services, caller, false);
  requireQuota((await quotasOf(services, projectId)).serverGroups, length + 1, 'server groups');
  const group = { id: randomUUID(), ...wanted, projectId, userId, createdAt: new Date().toISOString() };
  await services.store.serverGroups.add(group);
  return { ...group, memberIds: [] };
}

/** Removes a group; its members stay where they are. */
export async function deleteServerGroup(services: Services, caller: Caller, id: string): Promise<void> {
  await findServerGroup(services, caller, id);
  await services.store.serverGroups.remove(id);
}

async function withMembers({ store }: Services, group: ServerGroup): Promise<GroupWithMembers> {
  return { ...group, memberIds: (await store.serverGroups.members(group.id)).map(({ id }) => id) };
}
