import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type GuestRecord, GuestRecords } from './guest-records.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'guest-records-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const record = (number: number): GuestRecord => ({
  name: `guest${number}`,
  uuid: 'u',
  number,
  address: 'a',
  diskPath: 'd',
});

test('two that share a lab never get the same number', () => {
  const one = new GuestRecords(directory);
  const other = new GuestRecords(directory);
  expect([one.claim(), other.claim(), one.claim()]).toEqual([1, 2, 3]);
});

test('a wanted number is given once', () => {
  const records = new GuestRecords(directory);
  expect(records.claim(7)).toBe(7);
  expect(() => records.claim(7)).toThrow('Guest number 7 is taken');
  expect(() => records.claim(13)).toThrow('not from 1 to 12');
});

test('a number that no guest came of is free again', () => {
  const records = new GuestRecords(directory);
  records.release(records.claim());
  expect(records.claim()).toBe(1);
});

test('guests come in order of their numbers, and one that is being made is not among them', () => {
  const records = new GuestRecords(directory);
  for (const number of [10, 2]) {
    records.claim(number);
    records.write(record(number));
  }
  records.claim(5);
  expect(records.all()).toEqual([record(2), record(10)]);
});

test('the thirteenth guest is refused', () => {
  const records = new GuestRecords(directory);
  for (let count = 0; count < 12; count += 1) records.claim();
  expect(() => records.claim()).toThrow('at most 12 guests');
});
