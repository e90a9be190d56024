import { procedures } from '@ferry/libvirt';
import { expect, test } from 'vitest';
import { elsewhere } from './procedures/elsewhere.ts';
import { isAmong } from './procedures/is-among.ts';
import { places } from './procedures/places.ts';
import { reads } from './procedures/reads/reads.ts';
import { refusals } from './procedures/refusals.ts';
import { undone } from './procedures/undone.ts';
import { writes } from './procedures/writes/writes.ts';

const looked = new Set<string>(reads.map(({ name }) => name));
const changed = new Set<string>(writes.map(({ name }) => name));
const all = [...looked, ...changed];

test('every procedure of the table has a case, or stands among those that are proven elsewhere', () => {
  expect([...new Set([...all, ...Object.keys(elsewhere)])].toSorted()).toEqual(
    Object.keys(procedures).toSorted(),
  );
});

test('none is in both', () => {
  expect(all.filter((name) => name in elsewhere)).toEqual([]);
});

test('refusals speak of procedures that have a case', () => {
  expect(Object.keys(refusals).filter((name) => !all.includes(name))).toEqual([]);
});

test('those that no driver does are known, with the reason', () => {
  const cases = [...reads, ...writes];
  const done = new Set<string>(
    places.flatMap((place) =>
      cases.filter((one) => !isAmong(place, [...one.not, ...one.refused])).map(({ name }) => name),
    ),
  );
  expect(all.filter((name) => !done.has(name)).toSorted()).toEqual(Object.keys(undone).toSorted());
});
