import { setTimeout as sleep } from 'node:timers/promises';
import { moveOptions } from '@ferry/api';
import { noOrders } from '@ferry/model';
import { expect, test } from 'vitest';
import type { StandsStillKnown } from '../stands-still.ts';
import { TransferLoop } from '../transfer-loop.ts';
import { sendToPeer } from './peer-form.ts';

test('a lease that is lost just before the hosts are told leaves nothing behind that fails later', async () => {
  const lost = new Error('the lease is over');
  const looks: string[] = [];
  // As behind a lease: what it forbids throws at once, and gives no promise.
  const refuse = (what: string) => (): never => {
    looks.push(what);
    throw lost;
  };
  const migration = {
    migrateToPeer: refuse('migrate'),
    jobProgress: refuse('progress'),
    abortJob: refuse('abort'),
  };
  const context = {
    output: {},
    input: {
      plan: { disks: [] },
      options: moveOptions(),
      source: {},
      target: {},
      networks: {},
      ports: {},
      filter: null,
      storage: { poolMap: {}, byPool: [] },
    },
    services: {
      limits: { prepareMs: 1, pollMs: 1, inspectMs: 1 },
      store: {
        now: () => '2030-01-01T00:00:00.000Z',
        migrations: {
          setTransfer: () => Promise.resolve(),
        },
        transfers: { of: () => Promise.resolve({ state: null, control: null, orders: noOrders }) },
        recordings: { count: () => Promise.resolve(0) },
      },
      hypervisor: { host: () => ({ migration }) },
    },
    signal: new AbortController().signal,
  } as unknown as StandsStillKnown;
  const loop = await TransferLoop.open(context);
  await expect(sendToPeer(context, loop)).rejects.toBe(lost);
  await sleep(20);
  expect(looks).toEqual(['migrate']);
});
