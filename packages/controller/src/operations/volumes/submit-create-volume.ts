import { randomUUID } from 'node:crypto';
import { type Caller, placeVolume, type Volume, type VolumeType } from '@ferry/model';
import type { VolumeRecord } from '../../store/storage/catalogue-store.ts';
import type { VolumeUsage } from '../../store/storage/volume-work-store.ts';
import { noValidHost, Refusal } from '../engine/refusal.ts';
import { quotasOf, whyOverQuota } from '../engine/quotas.ts';
import type { Services } from '../engine/services.ts';
import { volumeTypeNamed } from './volume-types.ts';
import { volumeOfCaller } from './find-volume.ts';
import type { CreateVolumeInput, HostOfVolume } from './create-volume.ts';
import { lookForPools, type PoolSite, type WantedPlace } from './look-for-pools.ts';

const gibibyte = 1024 ** 3;
/** So often hosts are looked at anew when others were faster. */
const tries = 3;

/** A volume that somebody of a project asks for. */
export interface AskedVolume {
  readonly name: string;
  readonly description: string | null;
  readonly sizeGib: number;
  /** By name or id; null: the default. */
  readonly type: string | null;
  readonly zone: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly hints: {
    /** An instance that it is to be on the host of. */
    readonly withInstance: string | null;
    /** Volumes that it is to be on a host of, and on none of. */
    readonly withVolumes: readonly string[];
    readonly apartFrom: readonly string[];
  };
}

/** A volume that was accepted: its operation is to be started. */
interface AcceptedVolume {
  readonly record: VolumeRecord;
  readonly operationId: string;
}

/**
 * Accepts the making of a volume or refuses it, with why no host will do. The host is chosen here, on what the pools show
 * now; accepting is one transaction, in which quotas and what others were promised are counted once more.
 */
export async function submitCreateVolume(
  services: Services,
  caller: Caller,
  asked: AskedVolume,
): Promise<AcceptedVolume> {
  const { store } = services;
  const type = await volumeTypeNamed(services, asked.type);
  const wanted = await wantedPlace(services, caller, asked);
  const quotas = await quotasOf(services, caller.projectId);
  const whyNotMore = (used: VolumeUsage): string | null =>
    whyOverQuota(quotas, { ...used }, { volumes: 1, gigabytes: asked.sizeGib });
  // Before any host is asked: what its project may not have is no matter of hosts.
  const over = whyNotMore(await store.volumeWork.usageOf(caller.projectId ?? ''));
  if (over !== null) throw new Refusal('quota-exceeded', `${over}.`);
  let busy = '';
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const sites = await lookForPools(services, type, wanted);
    const placed = placeVolume(
      asked.sizeGib * gibibyte,
      sites.map(({ candidate }) => candidate),
    );
    const site = sites.find(({ candidate }) => candidate.host.id === placed.candidate?.host.id);
    if (site === undefined) throw noValidHost(services.log, caller, '', `${placed.because}.`);
    const { volume, input } = newVolume(services, caller, asked, type, site, sites);
    const operationId = randomUUID();
    const capacityBytes = site.candidate.room?.capacityBytes ?? null;
    const operation = { id: operationId, workflow: 'create-volume', input };
    const taken = await store.volumeWork.beginCreate(volume, operation, { whyNotMore, capacityBytes });
    if (taken.kind === 'taken')
      return { record: { volume: { ...volume, operationId }, attachments: [] }, operationId };
    if (taken.kind === 'over-quota') throw new Refusal('quota-exceeded', `${taken.message}.`);
    busy = `${site.candidate.host.name} has no room for it any more`;
  }
  throw noValidHost(services.log, caller, '', `Others were faster, again and again: ${busy}.`);
}

async function wantedPlace(services: Services, caller: Caller, asked: AskedVolume): Promise<WantedPlace> {
  const { withInstance, withVolumes, apartFrom } = asked.hints;
  const hostsOf = async (ids: readonly string[]): Promise<string[][]> =>
    Promise.all(ids.map(async (id) => [...(await volumeOfCaller(services, caller, id)).volume.hostIds]));
  const only = await hostsOf(withVolumes);
  if (withInstance !== null) only.push([await hostOfInstance(services, caller, withInstance)]);
  const [first, ...more] = only;
  return {
    zone: asked.zone,
    only: first === undefined ? null : new Set(first.filter((id) => more.every((ids) => ids.includes(id)))),
    not: new Set((await hostsOf(apartFrom)).flat()),
  };
}

async function hostOfInstance({ store }: Services, caller: Caller, id: string): Promise<string> {
  const instance = await store.instances.byId(id);
  const profile = instance === null ? null : await store.profiles.of(id);
  if (instance !== null && profile !== null && profile.projectId === caller.projectId) return instance.hostId;
  throw new Refusal('instance-not-found', `Instance ${id} could not be found.`);
}

function newVolume(
  { store }: Services,
  caller: Caller,
  asked: AskedVolume,
  type: VolumeType,
  site: PoolSite,
  sites: readonly PoolSite[],
): { volume: Volume; input: CreateVolumeInput } {
  const { host } = site.candidate;
  // One that is named and does not answer is believed to have it: it is looked at before anybody is given the volume there.
  const believed = type.hostIds.length > 0 ? ['active', 'silent'] : ['active'];
  const sharing = type.shared ? sites.filter(({ has }) => believed.includes(has)) : [];
  const others = sharing.map(({ candidate }) => candidate.host).filter(({ id }) => id !== host.id);
  const id = randomUUID();
  const now = store.now();
  const format = site.ofFiles ? 'qcow2' : 'raw';
  const place = {
    kind: 'pool',
    pool: type.pool,
    name: `volume-${id}${site.ofFiles ? '.qcow2' : ''}`,
  } as const;
  const sizeBytes = asked.sizeGib * gibibyte;
  const volume: Volume = {
    id,
    name: asked.name,
    description: asked.description,
    projectId: caller.projectId ?? '',
    userId: caller.userId,
    place,
    hostIds: [host, ...others].map((one) => one.id),
    format,
    sizeBytes,
    made: true,
    shareable: false,
    metadata: asked.metadata,
    typeId: type.id,
    state: 'creating',
    fault: null,
    operationId: null,
    createdAt: now,
    updatedAt: now,
  };
  return {
    volume,
    input: {
      volumeId: id,
      volumeName: asked.name,
      place,
      format,
      capacityBytes: sizeBytes,
      host: told(host),
      others: others.map((one) => told(one)),
    },
  };
}

function told({ id, name, uri }: HostOfVolume): HostOfVolume {
  return { id, name, uri };
}
