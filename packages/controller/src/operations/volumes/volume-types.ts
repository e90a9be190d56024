import { randomUUID } from 'node:crypto';
import { defaultVolumeType, type VolumeType } from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';

/** A type that an admin names. */
export interface NewVolumeType {
  readonly name: string;
  readonly description: string | null;
  readonly pool: string;
  /** By name or id; none: all that have the pool. */
  readonly hosts: readonly string[];
  readonly shared: boolean;
  readonly isDefault: boolean;
}

/** All types; while none is named as the default, the usual one is among them. */
export async function volumeTypes({ store }: Services): Promise<VolumeType[]> {
  const named = await store.volumeTypes.list();
  return named.some(({ isDefault }) => isDefault) ? named : [defaultVolumeType, ...named];
}

/** By its id or name; null: the default. Refuses one that is not there. */
export async function volumeTypeNamed(services: Services, nameOrId: string | null): Promise<VolumeType> {
  const all = await volumeTypes(services);
  const found =
    nameOrId === null
      ? all.find(({ isDefault }) => isDefault)
      : (all.find(({ id }) => id === nameOrId) ?? all.find(({ name }) => name === nameOrId));
  if (found !== undefined) return found;
  throw new Refusal('volume-type-not-found', `Volume type ${nameOrId ?? ''} could not be found.`);
}

/** Names a pool for projects to have volumes in. */
export async function addVolumeType(services: Services, wanted: NewVolumeType): Promise<VolumeType> {
  const { store } = services;
  const hosts = await Promise.all(wanted.hosts.map((name) => store.hosts.byNameOrId(name)));
  const unknown = wanted.hosts.filter((_, index) => hosts[index] === null);
  if (unknown.length > 0) throw new Refusal('host-not-found', `There is no host ${unknown.join(', ')}.`);
  const { name, description, pool, shared, isDefault } = wanted;
  const hostIds = hosts.flatMap((host) => host?.id ?? []);
  const type = { id: randomUUID(), name, description, pool, hostIds, shared, isDefault };
  const made: VolumeType = { ...type, createdAt: store.now() };
  if (name !== defaultVolumeType.name && (await store.volumeTypes.add(made))) return made;
  throw new Refusal('volume-type-exists', `There is a volume type ${name} already.`);
}

/** Forgets a type; its volumes stay. */
export async function removeVolumeType(services: Services, nameOrId: string): Promise<VolumeType> {
  const type = await volumeTypeNamed(services, nameOrId);
  if (type.id === defaultVolumeType.id)
    throw new Refusal(
      'volume-type-exists',
      `${type.name} is there for as long as no type is named as the default: name one, \`ferry volume type create NAME --pool POOL --default\`.`,
    );
  await services.store.volumeTypes.remove(type.id);
  return type;
}
