import { describe, expect, test } from 'vitest';
import type { HardwareFacts } from '../host/host-facts.ts';
import { compareHardware, parseNumbers } from './compare-hardware.ts';
import type { DomainElement } from './domain-element.ts';
import type { ElementQuestion } from './element-questions.ts';

const gib = 1024 ** 3;
const cpu = { model: 'EPYC', vendor: 'AMD', microcode: '7', features: ['avx', 'x2apic'] };
const host: HardwareFacts = {
  cpu,
  cells: [
    { id: 0, cpus: [0, 1] },
    { id: 1, cpus: [2, 3] },
  ],
  hugePages: [
    { sizeBytes: 2 * 1024 ** 2, free: 512 },
    { sizeBytes: gib, free: 0 },
  ],
  securityModels: ['apparmor', 'dac'],
  launchSecurity: ['sev'],
};

function element(
  name: string,
  attributes: Record<string, string> = {},
  children: DomainElement[] = [],
  text = '',
): DomainElement {
  return { name, attributes: Object.entries(attributes), text, children };
}

function ask(
  comparer: ElementQuestion['comparer'],
  value: string,
  target: Partial<HardwareFacts> | null = {},
  subject: DomainElement = element('x'),
): string | undefined {
  const question: ElementQuestion = { id: 'q', comparer, path: 'p', value, subject };
  const there = target === null ? null : { ...host, ...target };
  return compareHardware(question, { source: host, target: there, memoryBytes: gib })?.result;
}

describe('hardware of the target', () => {
  test.each([
    ['cpus', '0-3', 'there'],
    ['cpus', '2,4', 'lacks'],
    ['cpus', 'all', 'unknown'],
    ['numa-nodes', '0-1', 'there'],
    ['numa-nodes', '2', 'lacks'],
    ['security-model', 'dac', 'there'],
    ['security-model', 'selinux', 'lacks'],
  ] as const)('%s %s: %s', (comparer, value, result) => {
    expect(ask(comparer, value)).toBe(result);
    expect(ask(comparer, value, null)).toBe('unknown');
  });

  test('a host that does not say which guests it encrypts is not known to encrypt any', () => {
    const subject = element('launchSecurity', { type: 'sev' });
    expect(ask('launch-security', '', {}, subject)).toBe('there');
    expect(ask('launch-security', '', { launchSecurity: ['tdx'] }, subject)).toBe('lacks');
    expect(ask('launch-security', '', { launchSecurity: null }, subject)).toBe('unknown');
  });

  test.each([
    { when: 'the same', change: {}, result: 'there' },
    { when: 'another microcode', change: { microcode: '8' }, result: 'differs' },
    { when: 'more features', change: { features: ['avx', 'avx512', 'x2apic'] }, result: 'differs' },
    { when: 'fewer features', change: { features: ['x2apic'] }, result: 'lacks' },
    { when: 'another model', change: { model: 'EPYC-Rome' }, result: 'lacks' },
    { when: 'another vendor', change: { vendor: 'Intel' }, result: 'lacks' },
  ])('the processor of the host: $when: $result', ({ change, result }) => {
    expect(ask('host-cpu', 'host-passthrough', { cpu: { ...cpu, ...change } })).toBe(result);
  });

  test.each([
    { when: 'enough of the usual size', pages: [], result: 'there' },
    { when: 'enough of that size', pages: [element('page', { size: '2', unit: 'M' })], result: 'there' },
    { when: 'none free', pages: [element('page', { size: '1', unit: 'G' })], result: 'lacks' },
    { when: 'no such size', pages: [element('page', { size: '16', unit: 'M' })], result: 'lacks' },
  ])('large pages: $when: $result', ({ pages, result }) => {
    const backing = element('memoryBacking', {}, [element('hugepages', {}, pages)]);
    expect(ask('hugepages', '', {}, backing)).toBe(result);
  });

  test('a memory device takes its own size', () => {
    const size = element('size', { unit: 'GiB' }, [], '2');
    const device = element('memory', {}, [element('target', {}, [size])]);
    expect(ask('hugepages', '', {}, device)).toBe('lacks');
  });
});

test.each([
  ['0-3,^2,8', [0, 1, 3, 8]],
  ['5', [5]],
  ['3-1', null],
  ['0-99999999', null],
  ['', null],
])('the numbers of "%s" are %j', (text, numbers) => {
  expect(parseNumbers(text)).toEqual(numbers);
});
