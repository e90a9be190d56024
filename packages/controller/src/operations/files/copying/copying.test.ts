import { CopyFailure, HypervisorError } from '@ferry/hypervisor';
import { expect, test } from 'vitest';
import { copyFailureOf } from './copying.ts';

test.each([
  ['unreachable', 'broken'],
  ['deadline', 'broken'],
  ['wrong-state', 'busy'],
  ['no-space', 'disk-full'],
  ['refused', 'other'],
] as const)('a host that says %s: %s', (code, failure) => {
  const error = new HypervisorError(code, 'qemu+tcp://alpha/system', 'what libvirt said');
  expect(copyFailureOf(error)).toMatchObject({
    code: failure,
    host: error.host,
    message: `${error.host}: what libvirt said`,
    cause: error,
  });
});

test('a failed copy is what it is, and other errors are none', () => {
  const failure = new CopyFailure('stalled', 'alpha', 'nothing went through');
  expect(copyFailureOf(failure)).toBe(failure);
  expect(copyFailureOf(new Error('a bug'))).toBeNull();
});
