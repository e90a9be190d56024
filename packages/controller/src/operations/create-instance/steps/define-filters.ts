import { filterNames } from '@ferry/model';
import { ensureFilters, removeUnneededFilters } from '../../security-groups/host-filters.ts';
import { type CreateContext, hostOf } from '../create-context.ts';

/** Packet filters stand before the guest does: no packet reaches it that its groups do not let through. */
export async function defineFilters(context: CreateContext): Promise<void> {
  const { services, input, signal } = context;
  if (input.domain.filter === null) return;
  const { uri } = input.host;
  await services.hostChanges.with(uri, () => ensureFilters(services, uri, input.instanceId, { signal }));
}

/** Takes away those that nobody else needs there. */
export async function removeFilters(context: CreateContext): Promise<void> {
  const { services, input, signal } = context;
  const { filter } = input.domain;
  if (filter === null) return;
  const { groups } = await services.store.securityGroups.of(input.instanceId);
  const own = [filter, ...groups.map((group) => filterNames.group(group.id))];
  await services.hostChanges.with(input.host.uri, async () => {
    const there = new Set(await hostOf(context).firewall.filters({ signal }));
    const names = own.filter((name) => there.has(name));
    await removeUnneededFilters(services, input.host, names, { instanceId: input.instanceId }, { signal });
  });
}
