import { moveOptions } from '@ferry/api';
import { expect, test } from 'vitest';
import { readMoveInput } from './move-input.ts';

const storage = { poolMap: {}, pools: [], definePools: false, secrets: [], tryLater: [], byPool: ['vda'] };

test('what a former version wrote has its options beside the rest, and not all of them', () => {
  const former = {
    migrationId: 'm',
    volumes: storage,
    plan: { form: 'managed', disks: [] },
    bandwidthBytesPerSecond: 1_000,
    shutdownTimeoutMs: 5_000,
    probe: 'tcp:192.0.2.1:22',
    announce: true,
    defineNetworks: true,
  };
  expect(readMoveInput(former)).toMatchObject({
    migrationId: 'm',
    storage,
    plan: { form: 'coordinated', disks: [] },
    options: {
      ...moveOptions(),
      bandwidthBytesPerSecond: 1_000,
      shutdownTimeoutMs: 5_000,
      probe: 'tcp:192.0.2.1:22',
      announce: true,
      defineNetworks: true,
      postCopy: 'never',
      startFailure: 'go-back',
    },
  });
});

test('what this version wrote is left as it is', () => {
  const input = { migrationId: 'm', storage, options: moveOptions({ announce: true }) };
  expect(readMoveInput(input)).toBe(input);
});

test('what has its options and calls its storage volumes is of a version between', () => {
  const options = moveOptions({ announce: true });
  expect(readMoveInput({ migrationId: 'm', volumes: storage, options, plan: { form: 'cold' } })).toEqual({
    migrationId: 'm',
    plan: { form: 'cold' },
    storage,
    options,
  });
});
