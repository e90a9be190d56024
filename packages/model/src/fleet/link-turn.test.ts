import { describe, expect, test } from 'vitest';
import { type HostPort, linkTurn, measureStreams, type SendingMove, type SentSoFar } from './link-turn.ts';

const mib = 1024 ** 2;
const port = (hostName: string, mibPerSecond = 100): HostPort => ({
  hostId: `id-${hostName}`,
  hostName,
  bytesPerSecond: mibPerSecond * mib,
});
const own = { from: port('a'), to: port('b') };
const sends = (
  from: string,
  to: string,
  mibPerSecond: number | null,
  leftMs: number | null = 60_000,
): SendingMove => ({
  name: `vm-${from}${to}`,
  fromHostId: `id-${from}`,
  toHostId: `id-${to}`,
  bytesPerSecond: mibPerSecond === null ? null : mibPerSecond * mib,
  leftMs,
});

describe('the turn of a move that is prepared', () => {
  test('comes at once while nobody sends through either port, or only the other way', () => {
    expect(linkTurn(own, [], 1)).toEqual({ kind: 'now' });
    expect(linkTurn(own, [sends('b', 'a', 100), sends('c', 'd', 100)], 1)).toEqual({ kind: 'now' });
  });

  test('waits for one that leaves the same host or comes to the same one, with its name', () => {
    expect(linkTurn(own, [sends('a', 'c', 90)], 1)).toEqual({
      kind: 'waits',
      because: 'waits for the port of a, out (100 MiB/s): vm-ac sends through it',
    });
    expect(linkTurn(own, [sends('c', 'b', 90)], 1)).toMatchObject({
      because: 'waits for the port of b, in (100 MiB/s): vm-cb sends through it',
    });
  });

  test('comes beside another that is measured below four fifths of the port, and beside no second one', () => {
    expect(linkTurn(own, [sends('a', 'c', 79)], 1)).toEqual({ kind: 'now' });
    expect(linkTurn(own, [sends('a', 'c', 80)], 1).kind).toBe('waits');
    expect(linkTurn(own, [sends('a', 'c', 10), sends('a', 'd', 10)], 1).kind).toBe('waits');
    expect(linkTurn(own, [sends('a', 'c', 10), sends('a', 'd', 10)], 2)).toEqual({ kind: 'now' });
  });

  test('comes when the other is over before this one sends its first byte, and beside no second one', () => {
    expect(linkTurn(own, [sends('a', 'c', 100, 2_500)], 1)).toEqual({ kind: 'now' });
    expect(linkTurn(own, [sends('a', 'c', 100, 2_501)], 1).kind).toBe('waits');
    expect(linkTurn(own, [sends('a', 'c', 100, 10), sends('a', 'd', 100, 10)], 1).kind).toBe('waits');
    // Each port counts for itself.
    expect(linkTurn(own, [sends('a', 'c', 100, 10), sends('d', 'b', 100, 9_000)], 1).kind).toBe('waits');
  });

  test('waits while it is not measured yet what the other uses', () => {
    expect(linkTurn(own, [sends('a', 'c', null)], 1).kind).toBe('waits');
  });

  test('names three of many', () => {
    const many = ['c', 'd', 'e', 'f', 'g'].map((to) => sends('a', to, 20));
    expect(linkTurn(own, many, 5)).toMatchObject({
      because: 'waits for the port of a, out (100 MiB/s): vm-ac, vm-ad, vm-ae and 2 more send through it',
    });
  });
});

const look = (doneBytes: number, elapsedMs: number): SentSoFar => ({
  doneBytes,
  elapsedMs,
  remainingBytes: 10_000 - doneBytes,
});

describe('how fast a transfer is', () => {
  test('is measured between two looks that are half a second apart, from the first byte on', () => {
    let seen = measureStreams(new Map(), new Map([['m', look(0, 400)]]));
    expect(seen.size).toBe(0);
    seen = measureStreams(seen, new Map([['m', look(1_000, 800)]]));
    expect(seen.get('m')?.bytesPerSecond).toBeNull();
    seen = measureStreams(seen, new Map([['m', look(2_000, 900)]]));
    expect(seen.get('m')?.bytesPerSecond).toBeNull();
    seen = measureStreams(seen, new Map([['m', look(6_000, 1_800)]]));
    expect(seen.get('m')?.bytesPerSecond).toBe(5_000);
    // 4,000 bytes at 5,000 a second.
    expect(seen.get('m')?.leftMs).toBe(800);
    // A look that comes too soon to tell the speed anew tells what is left.
    const soon = measureStreams(seen, new Map([['m', look(8_000, 2_000)]])).get('m');
    expect(soon).toMatchObject({ bytesPerSecond: 5_000, leftMs: 400, doneBytes: 6_000 });
    // The same sample once more tells nothing new.
    expect(measureStreams(seen, new Map([['m', look(6_000, 1_800)]])).get('m')?.bytesPerSecond).toBe(5_000);
  });

  test('is forgotten with the transfer, and of one that began anew', () => {
    const seen = measureStreams(new Map(), new Map([['m', look(9_000, 9_000)]]));
    expect(measureStreams(seen, new Map()).size).toBe(0);
    expect(measureStreams(seen, new Map([['m', null]])).size).toBe(0);
    expect(measureStreams(seen, new Map([['m', look(10, 20)]])).get('m')).toEqual({
      ...look(10, 20),
      bytesPerSecond: null,
      leftMs: null,
    });
  });
});
