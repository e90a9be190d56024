import type { Call } from '@ferry/hypervisor';
import type { MoveContext } from '../../context/move-context.ts';
import type { Side } from '../../context/move-input.ts';
import { movesUnderWay } from '../../context/moves-under-way.ts';

/** Pools by name and secrets by uuid that somebody needs on a host. */
export interface StorageInUse {
  readonly pools: Pick<ReadonlySet<string>, 'has'>;
  readonly secrets: Pick<ReadonlySet<string>, 'has'>;
}

const anything = { has: () => true };

/**
 * What the other domains of a host are named by, running or not, whether Ferry looks after them or not; what other migrations
 * count on there; and the pools of volumes that are there for instances to be given.
 */
export async function storageInUse(context: MoveContext, side: Side, call: Call): Promise<StorageInUse> {
  const host = context.services.hypervisor.host(side.uri);
  // What a domain that cannot be read has nobody knows: it may be anything.
  if ((await host.domains.unread(call)).some(({ id }) => id !== context.input.instanceId))
    return { pools: anything, secrets: anything };
  const domains = (await host.domains.list(call)).filter(({ id }) => id !== context.input.instanceId);
  const disks = domains.flatMap((domain) => domain.disks);
  const pools = new Set(disks.flatMap(({ volume }) => volume?.pool ?? []));
  const refs = disks.flatMap((disk) => disk.secrets);
  for (const name of pools) refs.push(...((await host.pools.pool(name, call))?.secrets ?? []));
  const secrets = new Set<string>();
  for (const ref of refs) {
    const uuid = ref.uuid ?? (await host.secrets.secret(ref, call))?.uuid;
    if (uuid !== undefined) secrets.add(uuid);
  }
  await addMoves(context, side, pools, secrets);
  await addCatalogue(context, side, pools);
  return { pools, secrets };
}

/** Volumes of the instance itself go where it goes. */
async function addCatalogue({ services, input }: MoveContext, side: Side, pools: Set<string>): Promise<void> {
  for (const { volume, attachments } of await services.store.catalogue.list()) {
    if (volume.place.kind !== 'pool' || !volume.hostIds.includes(side.id)) continue;
    if (!attachments.some(({ instanceId }) => instanceId === input.instanceId)) pools.add(volume.place.pool);
  }
}

async function addMoves(
  { services, input }: MoveContext,
  { uri }: Side,
  pools: Set<string>,
  secrets: Set<string>,
): Promise<void> {
  for (const { input: other } of await movesUnderWay(services.store.operations)) {
    if (other.migrationId === input.migrationId) continue;
    if (other.target.uri !== uri && other.source.uri !== uri) continue;
    for (const { name, targetName } of other.storage.pools)
      pools.add(other.target.uri === uri ? targetName : name);
    for (const { uuid } of other.storage.secrets) secrets.add(uuid);
  }
}
