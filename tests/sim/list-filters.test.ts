import { expect, test } from 'vitest';
import { ask } from './openstack-caller.ts';
import { runFerry } from './run-ferry.ts';
import { ServerStage } from './server-world.ts';
import { until } from './world.ts';

test('instances are told by the flavor, the key pair, the user and the network that they have', async () => {
  await using servers = await ServerStage.open();
  const { stage } = servers;
  const client = stage.client();
  await stage.guest({ name: 'adopted', network: 'default' });
  await ask(stage, 'POST', '/v2.1/os-keypairs', { body: { keypair: { name: 'laptop' } } });
  const id = await servers.created({ name: 'made', key_name: 'laptop' });
  const { user_id: user } = (await servers.becomes(id, 'ACTIVE')) as { user_id: string };
  const names = async (filter: Parameters<typeof client.instances>[0]): Promise<string[]> =>
    (await client.instances(filter)).map(({ name }) => name);

  expect(await names({ flavor: 'small' })).toEqual(['made']);
  expect(await names({ flavor: '1', keypair: 'laptop', user })).toEqual(['made']);
  expect(await names({ keypair: 'laptop', user: 'another' })).toEqual([]);
  expect(await names({ flavor: 'large' })).toEqual([]);
  await until('the host has shown the card', async () =>
    (await names({ network: 'default' })).includes('adopted') ? true : null,
  );
  expect(await names({ network: 'default', flavor: 'small' })).toEqual(['made']);
  expect(await names({ network: 'other' })).toEqual([]);
  expect(await names({ network: "de'fault" })).toEqual([]);
  // What it was made in is told when it is gone.
  await client.deleteFlavor('small');
  expect(await names({ flavor: 'small' })).toEqual(['made']);

  const { out } = await runFerry(stage, ['instance', 'list', '--flavor', 'small', '--keypair', 'laptop']);
  expect(out).toContain('made');
  expect(out).not.toContain('adopted');
});
