import { moveOptions } from '@ferry/api';
import { expect, test } from 'vitest';
import { readMoveInput } from './move-input.ts';

test('what a former version wrote has its options beside the rest, and not all of them', () => {
  const former = {
    migrationId: 'm',
    bandwidthBytesPerSecond: 1_000,
    shutdownTimeoutMs: 5_000,
    probe: 'tcp:192.0.2.1:22',
    announce: true,
    defineNetworks: true,
  };
  expect(readMoveInput(former)).toMatchObject({
    migrationId: 'm',
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
  const input = { migrationId: 'm', options: moveOptions({ announce: true }) };
  expect(readMoveInput(input)).toBe(input);
});
