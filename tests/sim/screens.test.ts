import { expect, test } from 'vitest';
import { runFerry } from './run-ferry.ts';
import { ServerStage } from './server-world.ts';

/** Addresses by which the controller reaches two of three hosts. */
const addresses = { compute11: '192.0.2.11', compute12: '192.0.2.12' } as const;

function listensOn({ stage }: ServerStage, host: string, id: string): string | undefined {
  const xml = stage.world.host(host).domains.get(id)?.xml ?? '';
  return /<graphics[^>]*listen=["']([^"']*)/.exec(xml)?.[1];
}

test('screens listen where an admin says, on each host on its own, and come back to loopback where nobody does', async () => {
  await using servers = await ServerStage.open();
  const { stage } = servers;
  const client = stage.client();
  for (const [host, address] of Object.entries(addresses))
    expect(await runFerry(stage, ['host', 'set', host, '--screen-address', address])).toMatchObject({
      code: 0,
    });
  expect((await runFerry(stage, ['host', 'show', 'compute11'])).out).toMatch(
    /screens +listen on 192\.0\.2\.11/,
  );
  // What listens there, no other host can have.
  for (const { name: host, refusedDevices } of stage.world.hosts.values())
    for (const [owner, address] of Object.entries(addresses))
      if (owner !== host) refusedDevices.set(address, `Failed to bind socket: ${address}`);
  const id = await servers.created({ host: 'compute11' }, { minor: 90 });
  await servers.becomes(id, 'ACTIVE');
  expect(listensOn(servers, 'compute11', id)).toBe('192.0.2.11');

  const move = async (kind: 'live-migration' | 'cold-migration', host: string): Promise<void> => {
    const { id: migration } = await client.migrate(id, { kind, host });
    expect(await stage.over(migration)).toMatchObject({ error: null });
    expect((await client.instance(id)).host).toBe(host);
  };
  await move('live-migration', 'compute12');
  expect(listensOn(servers, 'compute12', id)).toBe('192.0.2.12');
  await move('cold-migration', 'compute11');
  expect(listensOn(servers, 'compute11', id)).toBe('192.0.2.11');
  await move('live-migration', 'compute13');
  expect(listensOn(servers, 'compute13', id)).toBe('127.0.0.1');
  // No move exposes what only its host got to.
  await move('cold-migration', 'compute12');
  expect(listensOn(servers, 'compute12', id)).toBe('127.0.0.1');
});

test.each(['0.0.0.0', '::', '127.0.0.1', '::1', 'compute11', '10.0.0'])(
  '%s is no address for screens',
  async (screenAddress) => {
    await using servers = await ServerStage.open();
    await expect(servers.stage.client().setHost('compute11', { screenAddress })).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining(`"${screenAddress}" is no address`) as string,
    });
    expect(await servers.stage.client().host('compute11')).toMatchObject({ host: { screenAddress: null } });
  },
);
