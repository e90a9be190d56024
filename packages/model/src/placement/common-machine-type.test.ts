import { expect, test } from 'vitest';
import { sampleHost } from '../check/sample-input.ts';
import type { HostFacts } from '../host/host-facts.ts';
import { commonMachineType } from './common-machine-type.ts';

const host = (...machineTypes: string[]): HostFacts =>
  ({ ...sampleHost('a').facts, machineTypes }) as HostFacts;

test('the newest that all hosts know is taken, by number and not by letter', () => {
  const newer = host('pc-q35-9.2', 'pc-q35-10.0', 'q35', 'pc-i440fx-10.0');
  expect(commonMachineType('x86_64', [newer])).toBe('pc-q35-10.0');
  expect(commonMachineType('x86_64', [newer, host('pc-q35-9.2', 'pc-q35-7.2', 'q35')])).toBe('pc-q35-9.2');
});

test('without one in common it is the family, and of unknown architectures nothing is said', () => {
  expect(commonMachineType('x86_64', [host('pc-q35-9.2'), host('pc-q35-7.2')])).toBe('q35');
  expect(commonMachineType('riscv64', [host('virt')])).toBeNull();
});
