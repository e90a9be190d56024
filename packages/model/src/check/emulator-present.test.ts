import { expect, test } from 'vitest';
import { emulatorPresentCheck } from './emulator-present.ts';
import { sampleInput } from './sample-input.ts';

test.each([
  [null, 'ok'],
  ['unknown', 'unknown'],
  ['Cannot check QEMU binary /opt/q/qemu-kvm: No such file or directory', 'error'],
] as const)('%s: %s', (emulatorProblem, severity) => {
  expect(emulatorPresentCheck.judge(sampleInput({ emulatorProblem }))).toMatchObject([{ severity }]);
});

test('without the domain nothing is known', () => {
  expect(emulatorPresentCheck.judge(sampleInput({ domain: null }))).toMatchObject([{ severity: 'unknown' }]);
});
