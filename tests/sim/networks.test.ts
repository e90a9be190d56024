import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { runFerry } from './run-ferry.ts';
import { Stage } from './world.ts';

const live = { kind: 'live-migration', host: 'compute12' } as const;

describe('networks of the guest', () => {
  test('one that the target lacks is refused with the remedy, or defined where it may be', async () => {
    await using stage = await Stage.open();
    await stage.guest({ name: 'web', directory: '/shared', network: 'default' });
    const { networks } = stage.world.host('compute12');
    networks.delete('default');
    const report = await stage.client().check('web', live);
    expect(report.possible).toBe(false);
    expect(report.findings.find((one) => one.code === 'network-present')?.remedy).toContain(
      '--define-networks',
    );
    const { id } = await stage.client().migrate('web', { ...live, defineNetworks: true });
    expect(await stage.over(id)).toMatchObject({ status: 'completed' });
    expect(networks.get('default')).toMatchObject({ active: true, autostart: true });
  });

  test('one that was started for a move that failed is stopped again; not where somebody is plugged in by now', async () => {
    await using stage = await Stage.open();
    const client = stage.client();
    const id = await stage.guest({ name: 'web', directory: '/shared', network: 'default' });
    const other = await stage.guest({
      name: 'db',
      host: 'compute12',
      directory: '/shared',
      state: 'shutoff',
      network: 'default',
    });
    const network = stage.world.host('compute12').networks.get('default');
    if (network !== undefined) network.active = false;
    for (const plugsIn of [false, true]) {
      stage.slow();
      const from = stage.world.faults.calls.length;
      const { id: migration } = await client.migrate('web', live);
      await stage.sending(id);
      await stage.calledSince(from, 'compute12', 'networks.ensureActive');
      const domain = stage.world.host('compute12').domains.get(other);
      if (plugsIn && domain !== undefined) domain.state = 'running';
      await client.abortMigration(migration);
      expect(await stage.over(migration)).toMatchObject({ status: 'cancelled' });
      stage.fast();
      await stage.quiet();
      expect(network?.active).toBe(plugsIn);
    }
  });

  test('one that is named otherwise on the target is taken by that name, in both kinds of move', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', directory: '/shared', network: 'default' });
    const target = stage.world.host('compute12');
    target.networks.set('lan', { active: true, autostart: true, bridge: null, mtu: 1500 });
    target.networks.delete('default');
    const moves = [
      { ...live, networkMap: { default: 'lan' } },
      { kind: 'cold-migration', host: 'compute11', shutdownTimeoutMs: 0, networkMap: { lan: 'default' } },
    ] as const;
    for (const move of moves) {
      const { id: migration } = await stage.client().migrate('web', move);
      expect((await stage.over(migration)).error).toBeNull();
      const [name] = Object.values(move.networkMap);
      expect(stage.world.host(move.host).domains.get(id)?.xml).toContain(`network="${name}"`);
    }
  });
});

test('what is set for a host holds for all moves there, and a move may say otherwise', async () => {
  await using stage = await Stage.open();
  const client = stage.client();
  const id = await stage.guest({ name: 'web', directory: '/shared', network: 'default' });
  const { networks } = stage.world.host('compute12');
  for (const name of ['lan', 'dmz'])
    networks.set(name, { active: true, autostart: true, bridge: null, mtu: 1500 });
  networks.delete('default');
  const set = await client.setHost('compute12', { networkMap: { default: 'lan' }, defineNetworks: true });
  expect(set.networks).toEqual({ map: { default: 'lan' }, define: true });
  expect((await client.setHost('compute12', { defineNetworks: false })).networks.map).toEqual({
    default: 'lan',
  });
  const plugged = async (more: { networkMap?: Record<string, string> }): Promise<unknown> => {
    const { findings } = await client.check('web', { ...live, ...more });
    return findings.find((one) => one.code === 'network-present')?.compared['target'];
  };
  expect(await plugged({})).toBe('lan');
  expect(await plugged({ networkMap: { default: 'dmz' } })).toBe('dmz');
  const { id: migration } = await client.migrate('web', live);
  expect((await stage.over(migration)).error).toBeNull();
  expect(stage.world.host('compute12').domains.get(id)?.xml).toContain('network="lan"');
  await expect(stage.client('operator').setHost('compute12', { networkMap: {} })).rejects.toMatchObject({
    code: 'forbidden',
  });
});

/** Echoes on the loopback, as a guest would. */
async function echo(): Promise<{ address: string; server: Socket }> {
  const server = createSocket('udp4');
  server.on('message', (message, { address, port }) => server.send(message, port, address));
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  return { address: `udp:127.0.0.1:${server.address().port}`, server };
}

describe('asking the guest from outside', () => {
  test('that it answered, and the longest time that it did not, stand in the record', async () => {
    await using stage = await Stage.open();
    await stage.guest({ name: 'web', directory: '/shared' });
    const { address, server } = await echo();
    const { id } = await stage.client().migrate('web', { ...live, probe: address });
    const { result, phase } = await stage.over(id);
    expect(phase).toBe('moved');
    expect(result?.connectivity).toMatchObject({ address, answeredBefore: true, answeredAfter: true });
    expect(result?.connectivity?.answered).toBeGreaterThan(10);
    const gap = result?.connectivity?.longestGapMs;
    expect(gap).toBeGreaterThan(0);
    server.close();
    // The ledger has it beside the hypervisor's figure, once the operation is over.
    await stage.quiet();
    expect((await stage.client().migration(id)).forecast?.end?.facts.networkGapMs).toBe(gap);
    const [converged] = (await stage.client().forecastErrors()).ends;
    expect(converged?.unseenMs).toMatchObject({ count: 1 });
    expect((await runFerry(stage, ['migration', 'show', id])).out).toMatch(
      /no answer +for .*, as its network saw it/u,
    );
    expect((await runFerry(stage, ['forecast', 'report'])).out).toContain('of 1 that were probed');
  });

  test('no answer after the move is told aloud, and undoes nothing', async () => {
    await using stage = await Stage.open({ answerMs: 200 });
    const guest = await stage.guest({ name: 'web', directory: '/shared' });
    const { address, server } = await echo();
    stage.slow();
    const { id } = await stage.client().migrate('web', { ...live, probe: address });
    await stage.sending(guest);
    server.close();
    stage.fast();
    const { status, phase, result } = await stage.over(id);
    expect({ status, phase }).toEqual({
      status: 'completed',
      phase: `moved; WARNING: no answer from ${address} since it runs on compute12`,
    });
    expect(result?.connectivity).toMatchObject({ answeredBefore: true, answeredAfter: false });
    expect(stage.world.runners(guest)).toEqual(['compute12']);
  });

  test('a controller that was restarted meanwhile says that it does not know the gap, and that the guest answers', async () => {
    await using stage = await Stage.open();
    const guest = await stage.guest({ name: 'web', directory: '/shared' });
    const { address, server } = await echo();
    stage.slow();
    const { id } = await stage.client().migrate('web', { ...live, probe: address });
    await stage.sending(guest);
    await stage.crash();
    stage.fast();
    await stage.start();
    const { status, result } = await stage.over(id);
    expect(status).toBe('completed');
    expect(result?.connectivity).toMatchObject({
      answeredBefore: null,
      answeredAfter: true,
      longestGapMs: null,
    });
    server.close();
  });

  test('what cannot be asked is refused before anything is begun', async () => {
    await using stage = await Stage.open();
    await stage.guest({ name: 'web', directory: '/shared' });
    await expect(stage.client().migrate('web', { ...live, probe: 'tcp:10.0.0.5' })).rejects.toMatchObject({
      code: 'bad-request',
    });
  });
});
