import { expect, test } from 'vitest';
import { emulatorPresentCheck } from './emulator-present.ts';
import { sampleInput } from './sample-input.ts';

test.each([
  [{ problem: null }, 'ok'],
  [null, 'unknown'],
  [{ problem: 'Cannot check QEMU binary /opt/q/qemu-kvm: No such file or directory' }, 'error'],
] as const)('%o: %s', (emulator, severity) => {
  expect(emulatorPresentCheck.judge(sampleInput({ emulator }))).toMatchObject([{ severity }]);
});

test('without the domain nothing is known', () => {
  expect(emulatorPresentCheck.judge(sampleInput({ domain: null }))).toMatchObject([{ severity: 'unknown' }]);
});
