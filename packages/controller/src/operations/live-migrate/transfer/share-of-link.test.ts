import type { ControlState } from '@ferry/model';
import { expect, test } from 'vitest';
import type { LinkRate } from '../../../store/forecasts/forecast-store.ts';
import type { MoveInput } from '../../context/move-input.ts';
import type { Services } from '../../engine/services.ts';
import { shareOfLink } from './share-of-link.ts';

type Store = Services['store'];

interface Sender {
  readonly id: string;
  readonly to?: string;
  readonly rate?: number | null;
  readonly share?: number | null;
}

/** Moves that send from host a; `seen`: what past transfers to each host have shown. */
function world(senders: readonly Sender[], seen: Readonly<Record<string, readonly LinkRate[]>> = {}) {
  const noted = new Map<string, number>();
  const options = { bandwidthBytesPerSecond: null, maxDowntimeMs: null, postCopy: 'never' };
  const sending = senders.map(({ id, to = 'b', share = null }) => ({
    id,
    sourceHostId: 'a',
    targetHostId: to,
    input: { migrationId: id, options, storage: [] },
    leftBytes: 1_000,
    control: share === null ? null : ({ shareBytesPerSecond: share, passes: [] } as unknown as ControlState),
    orders: { values: {}, serial: 0 },
  }));
  const store = {
    transfers: { sending: () => Promise.resolve(sending) },
    forecasts: {
      linkRates: (_from: string, to: string) => Promise.resolve(seen[to] ?? []),
      rateOf: (id: string) => senders.find((one) => one.id === id)?.rate ?? null,
      sawTogether: (id: string, rate: number) => noted.set(id, rate),
    },
  } as unknown as Store;
  const input = { migrationId: 'one' } as MoveInput;
  return { noted, share: (said: number | null) => shareOfLink({ store }, input, said) };
}

const rate = (bytesPerSecond: number, together = false): LinkRate => ({
  bytesPerSecond,
  rehearsedAt: null,
  together,
});
const two = [
  { id: 'one', rate: 40 },
  { id: 'two', rate: 50 },
] as const;

test('what is shared is what was measured between the two hosts, else what was said', async () => {
  expect(await world(two).share(600)).toBe(300);
  expect(await world(two, { b: [rate(300)] }).share(600)).toBe(300);
  expect(await world(two, { b: [rate(900)] }).share(600)).toBe(450);
  expect(await world(two, { b: [rate(80, true), rate(60)] }).share(600)).toBe(40);
  expect(await world(two, { b: [rate(80, true)] }).share(null)).toBe(40);
  expect(await world([two[0]], { b: [rate(80, true)] }).share(600)).toBeNull();
});

test('of a way of which nothing is known nobody is held back, and what all send together is noted', async () => {
  const { noted, share } = world(two, { b: [rate(60)] });
  expect(await share(null)).toBeNull();
  expect([...noted]).toEqual([['one', 90]]);
});

test('a limit that holds one is no measure of the link; one that none meets is none', async () => {
  const held = world([{ id: 'one', rate: 40, share: 42 }, two[1]]);
  await held.share(100);
  expect([...held.noted]).toEqual([]);
  // Less came than was said that the link carries: that is learned.
  const slow = world([
    { id: 'one', rate: 40, share: 300 },
    { id: 'two', rate: 50, share: 300 },
  ]);
  await slow.share(600);
  expect([...slow.noted]).toEqual([['one', 90]]);
});

test('to several hosts a port carries as much as the best of the ways, and no pair learns from it', async () => {
  const both = [two[0], { id: 'two', to: 'c', rate: 50 }];
  const known = world(both, { b: [rate(100, true)], c: [rate(800, true)] });
  expect(await known.share(null)).toBe(400);
  expect([...known.noted]).toEqual([]);
  expect(await world(both, { b: [rate(100, true)] }).share(null)).toBeNull();
});
