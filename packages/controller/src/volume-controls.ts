import { randomUUID } from 'node:crypto';
import type { NewVolumeBody, VolumeBody, VolumeTypeBody } from '@ferry/api';
import {
  firstProject,
  firstUser,
  hasRole,
  type NetworkPlace,
  parseVolumeSource,
  type PoolPlace,
  type VolumePlace,
  volumeStatus,
  type VolumeType,
} from '@ferry/model';
import type { VolumeControls } from './http/volume/volume-controls.ts';
import { Refusal } from './operations/engine/refusal.ts';
import type { Services } from './operations/engine/services.ts';
import { submitCreateVolume } from './operations/volumes/submit-create-volume.ts';
import { submitDeleteVolume } from './operations/volumes/delete-volume.ts';
import { submitExtendVolume } from './operations/volumes/extend-volume.ts';
import type { OperationRunner } from './operations/engine/operation-runner.ts';
import { addVolumeType, removeVolumeType, volumeTypes } from './operations/volume-types/volume-types.ts';
import { changeOwnVolume, resetVolumeState } from './operations/volumes/change-own-volume.ts';
import { createVolume } from './operations/volumes/take-into-catalogue.ts';
import { deleteVolume } from './operations/volumes/remove-from-catalogue.ts';
import { volumeNamed, volumeOfCaller } from './operations/volumes/find-volume.ts';
import { setVolume } from './operations/volumes/set-volume.ts';
import type { VolumeRecord } from './store/storage/catalogue-store.ts';

/** Joins the pages of volumes to their operations. `knownProject`: the id of a project by its name or id. */
export function volumeControls(
  services: Services,
  runner: OperationRunner,
  knownProject: (nameOrId: string) => Promise<string>,
): VolumeControls {
  const { store } = services;
  const told = async (records: readonly VolumeRecord[]): Promise<VolumeBody[]> => {
    const hosts = new Map((await store.hosts.list()).map(({ id, name }) => [id, name]));
    const instances = new Map((await store.instances.list()).map(({ id, name }) => [id, name]));
    return records.map((record) => volumeBody(record, hosts, instances));
  };
  const one = async (record: VolumeRecord): Promise<VolumeBody> => {
    const [body] = await told([record]);
    if (body === undefined) throw new Error('one record makes one body');
    return body;
  };
  return {
    list: async () => told(await store.catalogue.list()),
    show: async (name) => one(await volumeNamed(services, name)),
    create: async (body) => {
      const projectId = body.project === undefined ? firstProject.id : await knownProject(body.project);
      const record = await createVolume(services, {
        name: body.name,
        description: body.description ?? null,
        projectId,
        userId: firstUser.id,
        place: placeOf(body),
        hosts: body.hosts ?? [],
        sizeBytes: body.sizeBytes ?? null,
        format: body.format ?? null,
        shareable: body.shareable ?? false,
      });
      return one(record);
    },
    set: async (name, body) => one(await setVolume(services, await volumeNamed(services, name), body)),
    remove: async (name, content) => {
      const record = await volumeNamed(services, name);
      const body = await one(record);
      await deleteVolume(services, record, content);
      return body;
    },
    ofCaller: async (caller, all) =>
      store.catalogue.list(all && hasRole(caller, 'admin') ? null : (caller.projectId ?? '')),
    oneOfCaller: (caller, id) => volumeOfCaller(services, caller, id),
    createOfCaller: async (caller, asked) => {
      const { record, operationId } = await submitCreateVolume(services, caller, asked);
      runner.start(operationId);
      return record;
    },
    changeOfCaller: (caller, id, change) => changeOwnVolume(services, caller, id, change),
    extendOfCaller: async (caller, id, sizeGib) =>
      runner.start(await submitExtendVolume(services, caller, id, sizeGib)),
    removeOfCaller: async (caller, id) => runner.start(await submitDeleteVolume(services, caller, id)),
    resetState: (id, state) => resetVolumeState(services, id, state),
    ...typeControls(services),
    usageOf: (projectId) => store.volumeWork.usageOf(projectId),
    zones: async () => {
      const [zones, known] = await Promise.all([store.creations.zones(), store.hosts.list()]);
      const of = (hostId: string): string => zones.of(hostId);
      return { of, all: [...new Set(known.map(({ id }) => of(id)))].toSorted() };
    },
    hostOfInstance: async (instanceId) => {
      const instance = await store.instances.byId(instanceId);
      return instance === null ? null : ((await store.hosts.byId(instance.hostId))?.name ?? null);
    },
  };
}

function typeControls(
  services: Services,
): Pick<VolumeControls, 'types' | 'ownTypes' | 'addType' | 'removeType'> {
  const told = async (types: readonly VolumeType[]): Promise<VolumeTypeBody[]> => {
    const names = new Map((await services.store.hosts.list()).map(({ id, name }) => [id, name]));
    return types.map(({ createdAt: _createdAt, hostIds, ...type }) => ({
      ...type,
      hosts: hostIds.map((id) => names.get(id) ?? id),
    }));
  };
  const one = async (type: VolumeType): Promise<VolumeTypeBody> => {
    const [body] = await told([type]);
    if (body === undefined) throw new Error('one type makes one body');
    return body;
  };
  return {
    types: () => volumeTypes(services),
    ownTypes: async () => told(await volumeTypes(services)),
    addType: async ({ name, description = null, pool, hosts = [], shared = false, isDefault = false }) =>
      one(await addVolumeType(services, { name, description, pool, hosts, shared, isDefault })),
    removeType: async (name) => one(await removeVolumeType(services, name)),
  };
}

/** Either of a pool or on the network; a text that fits neither is told with all that is wrong. */
function placeOf(body: NewVolumeBody): PoolPlace | NetworkPlace {
  const { pool, volume, source, authUser, secret, sizeBytes, format } = body;
  const wrong: string[] = [];
  if ((pool === undefined) === (source === undefined)) wrong.push('say either a pool or a source.');
  if (pool !== undefined && volume === undefined && sizeBytes === undefined)
    wrong.push('say which volume of the pool it is, or the size that it is to be made with.');
  if (pool === undefined && volume !== undefined) wrong.push('a name in a pool goes with a pool.');
  if ((authUser === undefined) !== (secret === undefined)) wrong.push('a user and a secret go together.');
  const found = source === undefined ? null : parseVolumeSource(source);
  if (typeof found === 'string') wrong.push(`${found}.`);
  if (authUser !== undefined && (found === null || (typeof found !== 'string' && found.protocol === 'nbd')))
    wrong.push('only iSCSI and RBD ask for a user.');
  if (wrong.length > 0)
    throw new Refusal('volume-refused', `The volume cannot be taken into the catalogue: ${wrong.join(' ')}`);
  if (found === null || typeof found === 'string')
    return { kind: 'pool', pool: pool ?? '', name: volume ?? `volume-${randomUUID()}.${format ?? 'qcow2'}` };
  if (authUser === undefined || secret === undefined) return { ...found, auth: null };
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(secret);
  const usageType = found.protocol === 'rbd' ? 'ceph' : 'iscsi';
  const named = isId ? { uuid: secret.toLowerCase(), usage: null } : { uuid: null, usage: secret };
  return { ...found, auth: { user: authUser, secret: { usageType, ...named } } };
}

function volumeBody(
  { volume, attachments }: VolumeRecord,
  hosts: ReadonlyMap<string, string>,
  instances: ReadonlyMap<string, string>,
): VolumeBody {
  const { id, name, description, projectId, place, hostIds, format, sizeBytes, made, shareable, fault } =
    volume;
  return {
    id,
    name,
    description,
    projectId,
    status: volumeStatus(volume, attachments),
    fault,
    source: sourceOf(place),
    hosts: hostIds.map((hostId) => hosts.get(hostId) ?? hostId),
    format,
    sizeBytes,
    made,
    shareable,
    attachments: attachments.map(({ id: attachmentId, instanceId, target, state, deleteOnTermination }) => ({
      id: attachmentId,
      instanceId,
      instance: instances.get(instanceId) ?? instanceId,
      device: `/dev/${target}`,
      state,
      deleteOnTermination,
    })),
    createdAt: volume.createdAt,
  };
}

function sourceOf(place: VolumePlace): string {
  if (place.kind === 'pool') return `${place.pool}/${place.name}`;
  const { protocol, servers, name } = place;
  return servers.length === 0 ? `${protocol}:${name}` : `${protocol}://${servers.join(',')}/${name}`;
}
