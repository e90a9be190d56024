import { expect, test } from 'vitest';
import { FakeDaemon, isCall } from '../rpc/fake-daemon.test-support.ts';
import { ConnectionPool } from './connection-pool.ts';

const slow = 'connectGetCapabilities';
const quick = 'connectGetHostname';

const hangingDaemon = (): Promise<FakeDaemon> =>
  FakeDaemon.start((peer, frame) => {
    if (isCall(frame, quick)) peer.reply(quick, frame, { hostname: 'compute11' });
  });

test('few calls need one connection; more in flight than a daemon works on open another', async () => {
  await using daemon = await hangingDaemon();
  const pool = new ConnectionPool(daemon.uri);
  const hanging = Array.from({ length: 5 }, () => pool.call(slow, {}).catch(() => undefined));
  await pool.call(quick, {});
  await expect
    .poll(() => pool.states.ordinary.map(({ kind }) => kind))
    .toEqual(['open', 'open', 'idle', 'idle']);
  expect(daemon.peers).toHaveLength(2);
  await pool.close();
  await Promise.all(hanging);
});

test('urgent calls have a connection that no ordinary call is on', async () => {
  await using daemon = await hangingDaemon();
  const pool = new ConnectionPool(daemon.uri, { ordinaryConnections: 1 });
  const hanging = Array.from({ length: 20 }, () => pool.call(slow, {}).catch(() => undefined));
  expect(await pool.call(quick, {}, { lane: 'urgent' })).toEqual({ hostname: 'compute11' });
  const carried = (): number[] =>
    daemon.peers.map(({ frames }) => frames.filter((frame) => isCall(frame, slow)).length);
  await expect.poll(() => carried().toSorted((one, other) => one - other)).toEqual([0, 20]);
  await pool.close();
  await Promise.all(hanging);
});

test("a connection of a caller's own is not the pool's to close", async () => {
  await using daemon = await hangingDaemon();
  const pool = new ConnectionPool(daemon.uri);
  const own = await pool.open();
  await pool.close();
  expect(await own.call(quick, {})).toEqual({ hostname: 'compute11' });
  await own.close();
});

test('it tells the states of its links', async () => {
  await using daemon = await hangingDaemon();
  const told: string[] = [];
  const pool = new ConnectionPool(daemon.uri, { onState: (lane, { kind }) => told.push(`${lane} ${kind}`) });
  await pool.call(quick, {}, { lane: 'urgent' });
  await pool.close();
  expect(told.slice(0, 3)).toEqual(['urgent connecting', 'urgent open', 'ordinary closed']);
  await expect(pool.call(quick, {})).rejects.toMatchObject({ code: 'connection-closed', mayHaveRun: false });
});
