/**
 * Uses a daemon a lot, twice, and prints what was held after the first half and after the second: run with
 * --expose-gc in a process of its own, where nobody else allocates.
 * usage: node --expose-gc --optimize-for-size leak-run.test-support.ts '{"uri": …, "calls": 100000, "connects": 1000}'
 */
import { getEventListeners } from 'node:events';
import { readdirSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { connect } from './connect.ts';
import { followEvents } from './events/event-sequence.ts';
import type { Connection } from './rpc/connection.ts';

/** What to do in both halves together. */
export interface LeakRun {
  readonly uri: string;
  readonly calls: number;
  readonly connects: number;
}

/** What the process holds once all that can be freed is. */
export interface Held {
  readonly heapBytes: number;
  /** Memory of buffers, outside of the heap. */
  readonly bufferBytes: number;
  readonly rssBytes: number;
  /** Open files, /proc itself not counted. */
  readonly files: number;
  /** What keeps the event loop: sockets, timers, requests. */
  readonly resources: readonly string[];
  /** Listeners that calls left on a signal that outlives them. */
  readonly listeners: number;
}

/** What it prints: one connection lasts from after the first to before the last. */
export interface LeakReport {
  readonly before: Held;
  readonly afterHalf: Held;
  readonly afterAll: Held;
  readonly atEnd: Held;
}

const callsAtOnce = 64;
const connectsAtOnce = 8;
const controller = new AbortController();
const { signal } = controller;

/** Does something so many times, some of them at once. */
async function times(count: number, atOnce: number, once: () => Promise<void>): Promise<void> {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await once();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function useConnection(connection: Connection, calls: number): Promise<void> {
  await times(calls, callsAtOnce, async () => {
    await connection.call('connectGetType', {}, { signal });
  });
}

/** A life of a connection: calls that are answered, refused and given up; events; good-bye, or none. */
async function liveOnce(uri: string, kind: number): Promise<void> {
  const connection = await connect(uri, { signal });
  const name = 'there is no such domain';
  await connection.call('domainLookupByName', { name }, { signal }).catch(() => undefined);
  await followEvents(connection, ['lifecycle'], signal).then((events) => events.close());
  const given = new AbortController();
  const call = connection.call('connectGetType', {}, { signal: given.signal });
  given.abort();
  await call.catch(() => undefined);
  if (kind % 2 === 0) await connection.close();
  else connection.destroy();
  await connection.closed;
}

async function held(): Promise<Held> {
  // What finalizers free in one turn lets others go in the next.
  for (let round = 0; round < 10; round += 1) {
    globalThis.gc?.();
    await turn();
  }
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  return {
    heapBytes: heapUsed,
    bufferBytes: arrayBuffers,
    rssBytes: rss,
    files: readdirSync('/proc/self/fd').length,
    resources: process.getActiveResourcesInfo().filter((resource) => resource !== 'Immediate'),
    listeners: getEventListeners(signal, 'abort').length,
  };
}

async function half(lasting: Connection, { uri, calls, connects }: LeakRun): Promise<void> {
  await useConnection(lasting, calls / 2);
  let kind = 0;
  await times(connects / 2, connectsAtOnce, () => liveOnce(uri, (kind += 1)));
}

const run = JSON.parse(process.argv[2] ?? '{}') as LeakRun;
// What is made once, such as compiled code and pools of buffers, is made here.
const first = await connect(run.uri, { signal });
await half(first, { ...run, calls: 2_000, connects: 100 });
await first.close();
const before = await held();
const lasting = await connect(run.uri, { signal });
await half(lasting, run);
const afterHalf = await held();
await half(lasting, run);
const afterAll = await held();
await lasting.close();
const report: LeakReport = { before, afterHalf, afterAll, atEnd: await held() };
console.log(JSON.stringify(report));
