import { type Caller, hasRole } from '@ferry/model';
import type { VolumeRecord } from '../../store/storage/catalogue-store.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';

/** The volume of that id that a caller may see: its own project's, or any for an administrator. */
export async function volumeOfCaller({ store }: Services, caller: Caller, id: string): Promise<VolumeRecord> {
  const record = await store.catalogue.byId(id);
  if (record !== null && (record.volume.projectId === caller.projectId || hasRole(caller, 'admin')))
    return record;
  throw new Refusal('volume-not-found', `Volume ${id} could not be found.`);
}

/** Those that a caller sees: its project's, or all for an administrator that asks for them. */
export function volumesOfCaller({ store }: Services, caller: Caller, all: boolean): Promise<VolumeRecord[]> {
  return store.catalogue.list(all && hasRole(caller, 'admin') ? null : (caller.projectId ?? ''));
}

/** The volume of that id or name, whoever's it is. */
export async function volumeNamed({ store }: Services, nameOrId: string): Promise<VolumeRecord> {
  const byId = await store.catalogue.byId(nameOrId);
  if (byId !== null) return byId;
  const [found, ...more] = (await store.catalogue.list()).filter(({ volume }) => volume.name === nameOrId);
  if (found === undefined) throw new Refusal('volume-not-found', `There is no volume "${nameOrId}".`);
  if (more.length > 0) {
    const ids = [found, ...more].map(({ volume }) => volume.id).join(', ');
    throw new Refusal('name-ambiguous', `Several volumes have the name "${nameOrId}": ${ids}.`);
  }
  return found;
}
