import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { namedDifferences, unnamed } from '../compat/named-differences.ts';
import { runSuite, type SuiteSite } from '../compat/tempest.ts';
import { countingDisk } from './counting-disk.ts';
import { LabWorld } from './lab-world.ts';
import { openstackOf } from './openstack-of.ts';

const images = '/srv/servers';
const which = String.raw`tempest\.api\.compute\.(admin\.test_(live_migration|migrations)|servers\.test_novnc)`;

test('what the conformance suite has of migrations and screens passes on real hosts, but for what is documented', {
  tags: 'thorough',
  timeout: 1_500_000,
}, async () => {
  const world = await LabWorld.up('conform', 2);
  try {
    for (const name of ['compute11', 'compute12']) {
      await world.host(name).execOk(['install', '-d', '-o', 'libvirt-qemu', images]);
      await world.client.setHost(name, { imageDirectory: images, screenAddress: world.host(name).address });
    }
    using clients = await openstackOf(world);
    const file = join(world.ferry.dataDirectory, 'counting.img');
    writeFileSync(file, countingDisk());
    const image = async (name: string): Promise<string> => {
      const words = [
        '--disk-format',
        'raw',
        '--public',
        '--file',
        file,
        '--property',
        'os_shutdown_timeout=1',
      ];
      return (await clients.openstack<{ id: string }>('image', 'create', name, ...words)).id;
    };
    for (const [id, ram] of [
      ['1', '32'],
      ['2', '48'],
    ] as const)
      await clients.openstack('flavor', 'create', `m${id}`, '--id', id, '--ram', ram, '--disk', '0');
    const site = {
      url: 'http://127.0.0.1:8774',
      password: readFileSync(join(world.ferry.dataDirectory, 'admin.password'), 'utf8').trim(),
      images: [await image('one'), await image('two')],
      flavors: ['1', '2'],
      hosts: 2,
      screens: true,
      volumes: false,
      patience: 240,
      spawn: (argv, options) => world.lab.spawnInCtl(argv, options),
    } as const satisfies SuiteSite;
    const results = await runSuite(site, which, 1);
    console.log(results.map(({ name, end }) => `${end} ${name}`).join('\n'));
    const named = namedDifferences(
      readFileSync(join(import.meta.dirname, '../../docs/conformance.md'), 'utf8'),
    );
    expect(unnamed(results, named).failedWithoutReason).toEqual([]);
    expect(results.filter(({ end }) => end === 'ok').length).toBeGreaterThanOrEqual(10);
  } finally {
    await world.down();
  }
});
