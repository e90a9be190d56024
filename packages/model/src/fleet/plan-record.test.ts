import { expect, test } from 'vitest';
import type { PlanAction } from './fleet-plan.ts';
import { extentOf, overlapOf } from './plan-record.ts';

const move = (guestId: string, fromHostId: string, toHostId: string): PlanAction => ({
  kind: 'move',
  guestId,
  fromHostId,
  toHostId,
  how: 'live',
  bytes: 1,
  downtimeMs: null,
  isPivot: false,
});
const name = (id: string): string => id.toUpperCase();

test('two plans that empty different hosts may fill the same one', () => {
  const one = extentOf({ kind: 'drain', hostIds: ['a'] }, [move('g', 'a', 'c')]);
  const other = extentOf({ kind: 'drain', hostIds: ['b'] }, [move('h', 'b', 'c')]);
  expect(overlapOf(one, other, name)).toBeNull();
});

test('a host that one empties is none of the other’s, nor is a guest; each is named', () => {
  const one = extentOf({ kind: 'drain', hostIds: ['a'] }, [move('g', 'a', 'b')]);
  const filling = extentOf({ kind: 'drain', hostIds: ['c'] }, [move('h', 'c', 'a')]);
  const same = extentOf({ kind: 'return', hostId: 'd', guestIds: ['g'] }, [move('g', 'b', 'd')]);
  expect(overlapOf(one, filling, name)).toBe('has to do with A, too');
  expect(overlapOf(filling, one, name)).toBe('has to do with A, too');
  expect(overlapOf(one, same, name)).toBe('moves G, too');
  const many = extentOf({ kind: 'drain', hostIds: ['q', 'r', 's', 't', 'u', 'v', 'w'] }, []);
  expect(overlapOf(many, many, name)).toBe('has to do with Q, R, S, T, U and 2 more, too');
});
