import { describe, expect, test } from 'vitest';
import { expectedCpus, type Load, nextLoad, usedBetween } from './load.ts';

const minute = 60_000;
const at = (ms: number): string => new Date(Date.parse('2026-03-01T10:00:00Z') + ms).toISOString();

function seen(samples: readonly (readonly [minutes: number, cpus: number])[]): Load {
  let load: Load | null = null;
  for (const [minutes, cpus] of samples)
    load = nextLoad(load, { at: at(minutes * minute), cpus, spanMs: minute });
  if (load === null) throw new Error('a load has samples');
  return load;
}

describe('what is used over time', () => {
  test('a peak of a minute moves the mean a little, one of an hour all of the way', () => {
    const calm = Array.from({ length: 30 }, (_, n) => [n, 1] as const);
    expect(seen([...calm, [30, 5]]).cpus).toBeCloseTo(1.26, 2);
    const busy = Array.from({ length: 60 }, (_, n) => [30 + n, 5] as const);
    expect(seen([...calm, ...busy]).cpus).toBeGreaterThan(4.9);
  });

  test('what is usual in the coming hour counts, though it is calm now', () => {
    const day = 24 * 60;
    const load = seen([
      ...Array.from({ length: 60 }, (_, n) => [60 + n, 6] as const),
      ...Array.from({ length: 60 }, (_, n) => [day + n - 30, 1] as const),
    ]);
    expect(load.cpus).toBeLessThan(1.2);
    expect(expectedCpus(load, load.at, 60 * minute)).toBeCloseTo(6, 1);
    expect(expectedCpus(load, load.at, 10 * minute)).toBeLessThan(1.2);
  });

  test('what was not looked at for hours is not known', () => {
    expect(expectedCpus(seen([[0, 3]]), at(121 * minute), 0)).toBeNull();
  });
});

describe('between two looks', () => {
  const before = { at: at(0), guestsNs: { idle: 5e9, busy: 10e9, again: 90e9 } };

  test('a guest uses what its time grew by; one that was started anew what it has', () => {
    const used = usedBetween(before, {
      at: at(minute),
      guestsNs: { idle: 5e9, busy: 130e9, again: 30e9, new: 1 },
    });
    expect(used?.spanMs).toBe(minute);
    expect([...(used?.cpus ?? [])]).toEqual([
      ['idle', 0],
      ['busy', 2],
      ['again', 0.5],
    ]);
  });

  test('looks that are not in order, or hours apart, tell nothing', () => {
    expect(usedBetween(before, { ...before, at: at(0) })).toBeNull();
    expect(usedBetween(before, { ...before, at: at(300 * minute) })).toBeNull();
  });
});
