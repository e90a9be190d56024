import { filterNames } from '@ferry/model';
import { type MoveContext, setPhase, sourceOf, targetOf } from '../context/move-context.ts';
import { undoRight } from '../context/undo-right.ts';
import type { InspectedTarget } from '../facts/inspected-target.ts';
import { ensureFilters, removeUnneededFilters } from './host-filters.ts';

/** Filters stand on the target before the guest does: libvirt puts them before its interfaces ahead of its first packet. */
export async function prepareFirewall(context: MoveContext): Promise<void> {
  const { filter, target, instanceId } = context.input;
  if (filter === null) return;
  await setPhase(context, `prepare the packet filters on ${target.name}`);
  const { services } = context;
  const call = { signal: context.signal };
  await services.hostChanges.with(target.uri, () => ensureFilters(services, target.uri, instanceId, call));
}

/** Takes away the filters that came to the target with this migration, unless others need them by now; and what libvirt kept before interfaces that never came to be. */
export async function undoFirewall(
  context: MoveContext & { readonly output: { readonly 'inspect-target': InspectedTarget } },
): Promise<void> {
  const { filter, target, migrationId, instanceId } = context.input;
  if (!(await undoRight(context)).atTarget) return;
  const { services } = context;
  const call = { signal: context.signal };
  await targetOf(context).firewall.ensureNoBindings(instanceId, call);
  if (filter === null) return;
  const migration = await services.store.migrations.byId(migrationId);
  if (migration === null) return;
  await setPhase(context, `undo: take the packet filters from ${target.name}`);
  const before = new Set(context.output['inspect-target'].filters);
  const host = { id: migration.targetHostId, uri: target.uri };
  await services.hostChanges.with(target.uri, async () => {
    const now = (await targetOf(context).firewall.filters(call)) ?? [];
    const came = now.filter((name) => !before.has(name));
    await removeUnneededFilters(services, host, came, { migrationId }, call);
  });
}

/** After the move: the source lets go of the filters that nobody needs there any more. */
export async function releaseSourceFirewall(context: MoveContext): Promise<void> {
  const { filter, source, migrationId, instanceId } = context.input;
  const { services } = context;
  const call = { signal: context.signal };
  await sourceOf(context).firewall.ensureNoBindings(instanceId, call);
  if (filter === null) return;
  const migration = await services.store.migrations.byId(migrationId);
  if (migration === null) return;
  await setPhase(context, `release the packet filters on ${source.name}`);
  const host = { id: migration.sourceHostId, uri: source.uri };
  await services.hostChanges.with(source.uri, async () => {
    const { groups } = await services.store.securityGroups.of(instanceId);
    const own = [filter, ...groups.map((group) => filterNames.group(group.id))];
    const there = new Set(await sourceOf(context).firewall.filters(call));
    const names = own.filter((name) => there.has(name));
    await removeUnneededFilters(services, host, names, { migrationId }, call);
  });
}
