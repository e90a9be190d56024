import { expect, test } from 'vitest';
import type { Host } from '../host/host.ts';
import { placeVolume, type VolumeCandidate } from './place-volume.ts';

function candidate(
  name: string,
  room: VolumeCandidate['room'],
  promisedBytes = 0,
  problems: string[] = [],
  status: 'enabled' | 'disabled' = 'enabled',
): VolumeCandidate {
  const host = { id: name, name, service: { status }, maintenance: null } as unknown as Host;
  return { host, room, promisedBytes, problems };
}

const room = (availableBytes: number, capacityBytes = 100) => ({ availableBytes, capacityBytes });
const chosen = (...candidates: VolumeCandidate[]): string | null =>
  placeVolume(10, candidates).candidate?.host.name ?? null;

test('the host with most room has it, and of equals the first by name', () => {
  expect(chosen(candidate('a', room(20)), candidate('b', room(30)))).toBe('b');
  expect(chosen(candidate('b', room(30)), candidate('a', room(30)))).toBe('a');
});

test('what volumes may become is taken, and what is taken otherwise too', () => {
  expect(chosen(candidate('a', room(90), 80), candidate('b', room(30)))).toBe('b');
  expect(placeVolume(10, [candidate('a', room(90), 95), candidate('b', room(9))])).toEqual({
    candidate: null,
    because:
      'a: 10 bytes are needed and 5 are free of its pool; b: 10 bytes are needed and 9 are free of its pool',
  });
});

test('each host that is left out is told with all that keeps it', () => {
  expect(placeVolume(10, [candidate('a', null, 0, ['it has no pool data'], 'disabled')]).because).toBe(
    'a: it is disabled, it has no pool data',
  );
  expect(placeVolume(10, []).because).toBe('there is no host');
});
