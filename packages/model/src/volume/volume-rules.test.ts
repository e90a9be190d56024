import { expect, test } from 'vitest';
import { chooseTarget } from './place-volume.ts';
import { isAtPlace, isSamePlace, type NetworkPlace, type VolumeAttachment, volumeStatus } from './volume.ts';

const nbd: NetworkPlace = {
  kind: 'network',
  protocol: 'nbd',
  name: 'web',
  servers: ['san1:10809'],
  auth: null,
};
const one = { kind: 'pool', pool: 'data', name: 'one' } as const;

/** Of a volume that is itself ready, with attachments in these states. */
function status(...states: VolumeAttachment['state'][]): string {
  return volumeStatus(
    { state: 'ready' },
    states.map((state) => ({ state })),
  );
}

test('a volume takes the first name that no disk has, or the one that is wanted', () => {
  expect(chooseTarget(['vda'], null)).toEqual({ kind: 'chosen', target: 'vdb' });
  expect(chooseTarget(['vda', 'vdc'], null)).toEqual({ kind: 'chosen', target: 'vdb' });
  expect(chooseTarget(['vda'], '/dev/vdf')).toEqual({ kind: 'chosen', target: 'vdf' });
  expect(chooseTarget(['vda'], 'vda')).toEqual({ kind: 'taken', target: 'vda' });
  expect(chooseTarget(['sda', 'vda'], '/dev/sdb')).toEqual({ kind: 'chosen', target: 'vdb' });
  const all = Array.from('abcdefghijklmnopqrstuvwxyz', (letter) => `vd${letter}`);
  expect(chooseTarget(all, null)).toEqual({ kind: 'chosen', target: 'vdaa' });
});

test('a disk is a volume where pool and name are its, or server and export', () => {
  const none = { volume: null, network: null };
  expect(isAtPlace({ ...none, volume: { pool: 'data', name: 'one' } }, one)).toBe(true);
  expect(isAtPlace({ ...none, volume: { pool: 'data', name: 'two' } }, one)).toBe(false);
  expect(isAtPlace(none, one)).toBe(false);
  const network = { protocol: 'nbd', name: 'web', servers: ['san1'], description: '' };
  expect(isAtPlace({ ...none, network }, nbd)).toBe(true);
  expect(isAtPlace({ ...none, network: { ...network, servers: ['san1:1'] } }, nbd)).toBe(false);
  expect(isAtPlace({ ...none, network: { ...network, protocol: 'rbd' } }, nbd)).toBe(false);
  expect(isAtPlace(none, nbd)).toBe(false);
});

test('places are the same whatever is said of who asks', () => {
  const auth = { user: 'web', secret: { usageType: 'iscsi', uuid: null, usage: 'san' } };
  expect(isSamePlace(nbd, { ...nbd, auth })).toBe(true);
  expect(isSamePlace(nbd, { ...nbd, name: 'other' })).toBe(false);
  expect(isSamePlace(one, { ...one })).toBe(true);
  expect(isSamePlace(one, nbd)).toBe(false);
  expect(isSamePlace(nbd, one)).toBe(false);
});

test('what is under way with a volume counts before what it is', () => {
  expect(status()).toBe('available');
  expect(status('attached')).toBe('in-use');
  expect(status('attached', 'attaching')).toBe('attaching');
  expect(status('attached', 'detaching', 'attaching')).toBe('detaching');
  expect(volumeStatus({ state: 'deleting' }, [])).toBe('deleting');
});
