import { describe, expect, it } from 'vitest';
import { type MemoryMeasurement, profileAt, ratesByHour } from './dirty-profile.ts';

const mebibyte = 1024 * 1024;
const measured = (at: string, mib: number): MemoryMeasurement => ({
  at,
  memoryUsedBytes: mib * 10 * mebibyte,
  windows: [{ windowMs: 10_000, bytes: mib * mebibyte, resolutionBytes: 1 }],
  diskWriteBytesPerSecond: null,
});
const now = Date.parse('2030-05-10T12:00:00Z');
const bytesOf = (all: readonly MemoryMeasurement[]): number =>
  (profileAt(all, now)?.windows[0]?.bytes ?? 0) / mebibyte;

describe('the profile of a guest', () => {
  it('is what was measured just now', () => {
    const all = [measured('2030-05-10T11:55:00Z', 3), measured('2030-05-09T12:00:00Z', 90)];
    expect(bytesOf(all)).toBe(3);
    expect(profileAt(all, now)?.from).toBe('measured 5 min ago');
  });

  it('is the busier of what was measured at this time of day', () => {
    const all = [
      measured('2030-05-09T12:10:00Z', 10),
      measured('2030-05-08T11:10:00Z', 20),
      measured('2030-05-07T13:20:00Z', 30),
      measured('2030-05-06T12:00:00Z', 40),
      measured('2030-05-09T03:00:00Z', 500),
    ];
    // Of four, the one that at least three quarters are not above.
    expect(bytesOf(all)).toBe(40);
    expect(profileAt(all, now)?.from).toBe(
      'the busier of 4 measurements at this time of day, the last 24 h ago',
    );
  });

  it('is the busier of all where few are of this time of day, and nothing where there are none', () => {
    const all = [measured('2030-05-09T12:10:00Z', 10), measured('2030-05-09T03:00:00Z', 500)];
    expect(bytesOf(all)).toBe(500);
    expect(profileAt([], now)).toBeNull();
    expect(profileAt([{ ...measured('2030-05-10T11:55:00Z', 3), windows: [] }], now)).toBeNull();
  });

  it('knows midnight', () => {
    const all = ['2030-05-08T23:30:00Z', '2030-05-09T00:20:00Z', '2030-05-07T23:59:00Z'].map((at) =>
      measured(at, 5),
    );
    expect(profileAt(all, Date.parse('2030-05-10T00:10:00Z'))?.from).toContain('3 measurements at this time');
  });

  it('tells how busy the guest is by the hour', () => {
    const all = [
      measured('2030-05-09T12:10:00Z', 10),
      measured('2030-05-08T12:50:00Z', 30),
      measured('2030-05-08T03:50:00Z', 1),
    ];
    expect(ratesByHour(all)).toEqual([
      { hour: 3, measurements: 1, bytesPerSecond: mebibyte / 10 },
      { hour: 12, measurements: 2, bytesPerSecond: 2 * mebibyte },
    ]);
  });
});
