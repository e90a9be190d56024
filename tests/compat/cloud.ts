import { ask } from '../sim/openstack-caller.ts';
import { tinyImage } from '../sim/server-world.ts';
import type { FerryServer } from './ferry-server.ts';
import type { SuiteSite } from './tempest.ts';

/** A cloud of three simulated hosts with two images, two flavors, and a pool for volumes that all share. */
export async function cloud(server: FerryServer): Promise<SuiteSite> {
  const { stage } = server;
  const pool = { type: 'dir', active: true, autostart: true, directory: '/shared', source: '' };
  const hosts = await stage.client().hosts();
  for (const { name } of hosts) {
    stage.world.host(name).pools.set('data', pool);
    await stage.client().setHost(name, { imageDirectory: '/images' });
  }
  await stage.client().addVolumeType({ name: 'local', pool: 'data', isDefault: true, shared: true });
  const image = async (name: string): Promise<string> => {
    const body = { name, disk_format: 'qcow2', container_format: 'bare', visibility: 'public' };
    const { id } = (await ask(stage, 'POST', '/image/v2/images', { body })).body;
    await ask(stage, 'PUT', `/image/v2/images/${id}/file`, { body: tinyImage() });
    return String(id);
  };
  for (const [id, ram] of [
    ['1', 64],
    ['2', 128],
  ] as const)
    await ask(stage, 'POST', '/v2.1/flavors', {
      body: { flavor: { id, name: `m${id}`, ram, vcpus: 1, disk: 1 } },
    });
  return {
    url: server.url,
    password: server.environment()['OS_PASSWORD'] ?? '',
    images: [await image('one'), await image('two')],
    flavors: ['1', '2'],
    hosts: hosts.length,
    screens: false,
    volumes: true,
    patience: 60,
  };
}
