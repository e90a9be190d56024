import { expect, test } from 'vitest';
import { type DomainElement, fits, parsePattern, shortened } from './domain-element.ts';

function element(
  name: string,
  attributes: Record<string, string> = {},
  children: DomainElement[] = [],
): DomainElement {
  return { name, attributes: Object.entries(attributes), text: '', children };
}

const source = element('source', { mode: 'bind', path: '/x' });
const serial = element('serial', { type: 'unix' }, [source]);
const devices = element('devices', {}, [serial]);

function fitsPath(pattern: string): boolean {
  const place = {
    names: ['devices', 'serial', 'source', '@path'],
    elements: [devices, serial, source, null],
    value: '/x',
  };
  return fits(parsePattern(pattern), place);
}

test.each([
  ['devices/serial/source/@path', true],
  ['devices/*/source/@*', true],
  ['devices/serial/**', true],
  ['devices/serial/source/**', true],
  ['devices/serial/source', false],
  ['devices/serial/source/*', false],
  ['devices/serial[type=unix|tcp]/source[mode=bind]/@path', true],
  ['devices/serial[type=tcp]/source/@path', false],
  ['devices/serial[source]/**', true],
  ['devices/serial[!target]/**', true],
  ['devices/serial[!source]/**', false],
  ['devices/serial/source/@path=/x|/y', true],
  ['devices/serial/source/@path=/y', false],
])('%s: %s', (pattern, expected) => {
  expect(fitsPath(pattern)).toBe(expected);
});

test('what says more of a path weighs more', () => {
  const order = ['a/**', 'a/*/c/**', 'a/b/c/**', 'a/b/c', 'a/b/c[d]', 'a/b/c[d]=e'];
  const weights = order.map((text) => parsePattern(text).weight);
  expect(weights).toEqual(weights.toSorted((a, b) => a - b));
  expect(new Set(weights).size).toBe(order.length);
});

test('a chain of images is told once', () => {
  expect(shortened(['disk', 'backingStore', 'backingStore', 'source'])).toEqual([
    'disk',
    'backingStore',
    'source',
  ]);
});
