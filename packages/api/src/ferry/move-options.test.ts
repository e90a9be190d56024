import { expect, test } from 'vitest';
import { moveOptions } from './move-options.ts';

test('what nobody said is what the schema says', () => {
  expect(moveOptions()).toEqual({
    bandwidthBytesPerSecond: null,
    maxDowntimeMs: null,
    policy: null,
    blockMigration: 'auto',
    networkMap: {},
    defineNetworks: false,
    poolMap: {},
    pathMap: {},
    definePools: false,
    sharedDevices: [],
    accept: [],
    probe: null,
    startFailure: 'go-back',
    announce: false,
    postCopy: 'never',
    encryption: 'where-possible',
    coordinated: false,
    quietBefore: null,
    warm: false,
    shutdownTimeoutMs: 60_000,
  });
});

test('what was said stays, and what is no option is left out', () => {
  const asked = { kind: 'cold-migration', host: 'b', hold: true, warm: true, pathMap: { '/a': '/b' } };
  expect(moveOptions(asked)).toEqual({ ...moveOptions(), warm: true, pathMap: { '/a': '/b' } });
});

test('defaults are nobody else’s: one move’s map is not the next one’s', () => {
  (moveOptions().networkMap as Record<string, string>)['a'] = 'b';
  expect(moveOptions().networkMap).toEqual({});
});
