import { randomUUID } from 'node:crypto';
import type { NewVolumeBody } from '@ferry/api';
import { type NetworkPlace, parseVolumeSource, type PoolPlace } from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';

/** Either of a pool or on the network; a text that fits neither is told with all that is wrong. */
export function placeOfNewVolume(body: NewVolumeBody): PoolPlace | NetworkPlace {
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
