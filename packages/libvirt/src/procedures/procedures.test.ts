import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { procedures } from './procedures.ts';

test('no two procedures have the same number', () => {
  const numbers = Object.values(procedures).map((one) => one.number);
  expect(new Set(numbers).size).toBe(numbers.length);
});

// libvirt's own definition is not part of this repository; where its source is at hand, the numbers are compared.
const definition = process.env['LIBVIRT_PROTOCOL_X'];

test.skipIf(definition === undefined)('numbers are those of libvirt', () => {
  const text = readFileSync(definition ?? '', 'utf8');
  const numbers = new Map(
    [...text.matchAll(/REMOTE_PROC_([A-Z0-9_]+) = (\d+)/g)].map((match) => [match[1], Number(match[2])]),
  );
  for (const [name, { number }] of Object.entries(procedures)) {
    const theirs = name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
    expect([name, numbers.get(theirs)]).toEqual([name, number]);
  }
});
