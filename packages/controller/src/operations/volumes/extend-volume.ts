import { NothingMoved, type Outputs, type RunResult, type StepContext, workflow } from '@ferry/workflow';
import type { Services } from '../engine/services.ts';
import type { Caller, PoolPlace, Volume } from '@ferry/model';
import type { HostOfVolume } from './create-volume.ts';
import { HypervisorError } from '@ferry/hypervisor';
import { Refusal } from '../engine/refusal.ts';
import { StepError } from '../engine/step-error.ts';
import { requireVolumeUnused } from './remove-content.ts';
import { lookForVolume } from './look-for-pools.ts';
import type { Store } from '../../store/store.ts';
import { conclude, type Conclusion } from '../engine/conclude.ts';
import { volumeFault } from './set-volume.ts';
import { randomUUID } from 'node:crypto';
import type { VolumeUsage } from '../../store/storage/volume-work-store.ts';
import { refusalOf } from '../engine/host-error.ts';
import { quotasOf, whyOverQuota } from '../engine/quotas.ts';
import { volumeOfCaller } from './find-volume.ts';

const minute = 60_000;

/** One volume becomes larger. It is never made smaller again: what has been written there since would be lost. */
export const extendVolumeWorkflow = workflow<ExtendVolumeInput, Services>('extend-volume')
  .step({ name: 'look', deadlineMs: 5 * minute, do: lookAtVolume })
  .pivot({ name: 'grow', deadlineMs: 10 * minute, do: growVolume })
  .build();

/** What the extension of a volume works from. It stands in the log, so it is plain data. */
export interface ExtendVolumeInput {
  readonly volumeId: string;
  readonly volumeName: string;
  readonly place: PoolPlace;
  readonly format: string;
  /** What a guest is to see. */
  readonly toBytes: number;
  /** All that have it, one at least. */
  readonly hosts: readonly HostOfVolume[];
}

type Context = StepContext<ExtendVolumeInput, Services, object>;

/** It is a file of its pool, and no domain has it: what QEMU has open must not be changed beside it. */
async function lookAtVolume(context: Context): Promise<void> {
  const { services, input, signal } = context;
  const { volumeId: id, volumeName: name, place, hosts } = input;
  const path = await pathOf(context);
  if (path === null)
    throw new StepError(
      'volume-there',
      `${hosts[0]?.name ?? ''} has no volume ${place.name} in ${place.pool}.`,
    );
  if (!path.startsWith('/') || path.startsWith('/dev/'))
    throw new StepError(
      'volume-there',
      `${path} is no file, and Ferry extends volumes in pools of files alone.`,
    );
  try {
    await requireVolumeUnused(services, { id, name, hostIds: hosts.map((host) => host.id) }, place, {
      signal,
    });
  } catch (error) {
    if (error instanceof Refusal) throw new StepError('volume-named', error.message, error);
    throw error;
  }
}

/**
 * The file is as large as it is to be, by what its definition says it is: what stands in it is not believed. After a refusal
 * it is looked at, and only one that is smaller was not extended.
 */
async function growVolume(context: Context): Promise<void> {
  const { services, input, signal } = context;
  const { place, format, toBytes, hosts } = input;
  const call = { signal };
  const [first] = hosts;
  if (first === undefined) throw new Error('a volume of a pool is on a host');
  const host = services.hypervisor.host(first.uri);
  const path = await pathOf(context);
  if (path === null)
    throw new NothingMoved('no-image', `${first.name} has no volume ${place.name} any more.`);
  try {
    await host.storage.ensureCapacity({ path, format }, toBytes, call);
  } catch (error) {
    if (!(error instanceof HypervisorError) || error.mayHaveRun || isSilence(error)) throw error;
    const found = await lookForVolume(host, place, call);
    if ((found?.capacityBytes ?? 0) < toBytes)
      throw new NothingMoved('volume-refused-by-host', error.message, { cause: error });
  }
  // Pools keep what they saw last.
  await host.pools.ensureActive(place.pool, call);
}

async function pathOf({ services, input, signal }: Context): Promise<string | null> {
  const [first] = input.hosts;
  if (first === undefined) throw new Error('a volume of a pool is on a host');
  const { pools } = services.hypervisor.host(first.uri);
  await pools.ensureActive(input.place.pool, { signal });
  return pools.volumePath(input.place.pool, input.place.name, { signal });
}

function isSilence({ code }: HypervisorError): boolean {
  return code === 'unreachable' || code === 'deadline' || code === 'aborted';
}

/** Writes down how large the volume is now. Doing it twice changes nothing. */
export function concludeExtendVolume(
  store: Store,
  id: string,
  { volumeName, toBytes }: ExtendVolumeInput,
  result: RunResult<Outputs>,
): Promise<Conclusion> {
  return conclude(store, id, result, {
    done: () => store.volumeWork.end(id, { state: 'ready', fault: null, sizeBytes: toBytes }),
    undone: (failure) =>
      store.volumeWork.end(id, {
        state: 'error_extending',
        fault: volumeFault(volumeName, 'extended', failure),
      }),
  });
}

const gibibyte = 1024 ** 3;

/** Accepts that a volume becomes larger, or refuses it; gives the operation that is to be started. */
export async function submitExtendVolume(
  services: Services,
  caller: Caller,
  id: string,
  sizeGib: number,
): Promise<string> {
  const { store, limits } = services;
  const { volume, attachments } = await volumeOfCaller(services, caller, id);
  const place = requireExtendable(volume, attachments.length, sizeGib);
  const hosts = (await store.hosts.list()).filter((host) => volume.hostIds.includes(host.id));
  const [first] = hosts;
  if (first === undefined) throw new Refusal('host-not-found', `No host of volume ${id} is known any more.`);
  const quotas = await quotasOf(services, volume.projectId);
  const before = Math.ceil((volume.sizeBytes ?? 0) / gibibyte);
  const whyNotMore = ({ gigabytes }: VolumeUsage): string | null =>
    whyOverQuota(quotas, { gigabytes }, { gigabytes: sizeGib - before });
  // Before any host is asked: what its project may not have is no matter of hosts.
  const over = whyNotMore(await store.volumeWork.usageOf(volume.projectId ?? ''));
  if (over !== null) throw new Refusal('quota-exceeded', `${over}.`);
  const room = await services.hypervisor
    .host(first.uri)
    .pools.room(place.pool, { deadlineMs: limits.inspectMs })
    .catch((error: unknown) => {
      throw refusalOf(error);
    });
  const operationId = randomUUID();
  const input: ExtendVolumeInput = {
    volumeId: id,
    volumeName: volume.name,
    place,
    format: volume.format,
    toBytes: sizeGib * gibibyte,
    hosts: hosts.map(({ id: hostId, name, uri }): HostOfVolume => ({ id: hostId, name, uri })),
  };
  const taken = await store.volumeWork.beginExtend(
    volume,
    sizeGib * gibibyte - (volume.sizeBytes ?? 0),
    { id: operationId, workflow: 'extend-volume', input },
    {
      whyNotMore,
      capacityBytes: room?.capacityBytes ?? null,
    },
  );
  switch (taken.kind) {
    case 'taken':
      return operationId;
    case 'over-quota':
      throw new Refusal('quota-exceeded', `${taken.message}.`);
    case 'no-room':
      throw refused(`there is no room for ${sizeGib} GiB where volume ${id} is.`);
    case 'changed':
      throw refused(`volume ${id} changed meanwhile; ask again.`);
  }
}

function refused(why: string): Refusal {
  return new Refusal('volume-state', `Invalid volume: ${why}`);
}

/** In Cinder's words. */
function requireExtendable(volume: Volume, attached: number, sizeGib: number): PoolPlace {
  const { id, state, place, made, operationId } = volume;
  // One whose last extension came to nothing may be extended again.
  if ((state !== 'ready' && state !== 'error_extending') || operationId !== null)
    throw refused(`volume ${id} is ${state}, and must be available to be extended.`);
  if (attached > 0) throw refused(`volume ${id} is in-use, and must be available to be extended.`);
  if (!made || place.kind !== 'pool')
    throw refused(`volume ${id} was not made by Ferry, which extends only what it made.`);
  const now = Math.ceil((volume.sizeBytes ?? 0) / gibibyte);
  if (sizeGib <= now)
    throw refused(
      `new size for extend must be greater than current size. (current: ${now}, extended: ${sizeGib}).`,
    );
  return place;
}
