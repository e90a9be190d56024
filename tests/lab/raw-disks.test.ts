import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';
import { disk, putTiny } from './tiny-domain.ts';

const own = '/var/lib/libvirt/images/r1.img';
const secret = '/srv/secret/key.img';

let world: LabWorld;

beforeAll(async () => {
  world = await LabWorld.up('rawdisks', 2);
});
afterAll(() => world?.down());

const told = async (host: string, ...words: string[]): Promise<string> =>
  (await world.host(host).execOk(words)).trim();
const lengthOf = (host: string, path: string): Promise<string> => told(host, 'stat', '-c', '%s', path);
const headOf = (host: string): Promise<string> => told(host, 'sh', '-ec', 'head -c 4M "$0" | sha256sum', own);

test('a qcow2 header that a guest wrote to its raw disk leads to no file of the host: not in a check, a move or a resize', async () => {
  const here = world.host('compute11');
  await here.execOk(['sh', '-ec', `mkdir -p /srv/secret; head -c 1M /dev/urandom > ${secret}`]);
  await here.execOk(['qemu-img', 'create', '-q', '-f', 'qcow2', '-b', secret, '-F', 'raw', own, '8G']);
  await here.execOk(['truncate', '-s', '4M', own]);
  await putTiny(here, { name: 'r1', devices: disk(own, 'vda', 'raw') });
  await world.client.adoptInstance({ host: 'compute11', domain: 'r1' });
  const known = await headOf('compute11');

  const report = await world.client.check('r1', { kind: 'cold-migration', host: 'compute12' });
  expect(report.verdict).toBe('possible');
  expect(JSON.stringify(report)).not.toContain('/srv/secret');
  expect(await world.moved('r1', 'cold', 'compute12')).toMatchObject({ status: 'confirmed', error: null });
  expect(await world.hasFile('compute12', secret)).toBe(false);
  expect([await lengthOf('compute12', own), await headOf('compute12')]).toEqual([`${4 << 20}`, known]);

  // As long as it is raw it is made longer, and neither what the header says nor the file that it names.
  await world
    .host('compute12')
    .execOk(['sh', '-ec', `mkdir -p /srv/secret; head -c 1M /dev/zero > ${secret}`]);
  const flavor = { name: 'm1.raw', ram: 64, vcpus: 1, disk: 1 };
  expect(await world.ferry.compute('POST', '/flavors', { flavor })).toMatchObject({ status: 200 });
  const resized = await world.ferry.run('resize', 'r1', 'm1.raw', 'compute11', '--wait');
  expect(resized).toMatchObject({ code: 0 });
  expect([await lengthOf('compute11', own), await headOf('compute11')]).toEqual([`${1 << 30}`, known]);
  for (const host of ['compute11', 'compute12']) expect(await lengthOf(host, secret)).toBe(`${1 << 20}`);
});
