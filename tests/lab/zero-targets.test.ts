import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

const mebibyte = 1024 * 1024;
let world: LabWorld;

// Where libvirt knows `migrate_disks_target_zero` (12.2): the newest that Debian's backports have.
beforeAll(async () => {
  world = await LabWorld.up('zeros', [{ release: 'trixie-backports' }, { release: 'trixie-backports' }]);
});
afterAll(() => world?.down());

/** The first event of a migration that says so. */
async function told(migration: string, words: string): Promise<string> {
  const events = world.client.events(0, AbortSignal.timeout(30_000), { subject: migration });
  for await (const { message } of events) if (message.includes(words)) return message;
  throw new Error(`no event says "${words}"`);
}

test('onto a new file no zeros are written: what the disk holds is there, and its holes are holes', {
  tags: 'thorough',
}, async () => {
  const [source, target] = [world.host('compute11'), world.host('compute12')];
  const guest = await world.lab.createGuest({ name: 'sparse', host: source, disk: 'raw', off: true });
  const path = guest.diskPath;
  // Far behind what its guest writes: a piece of data in a large hole.
  await source.execOk(['truncate', '-s', '256M', path]);
  await source.execOk([
    'sh',
    '-ec',
    `dd if=/dev/urandom of=${path} bs=1M seek=200 count=1 conv=notrunc 2>&1`,
  ]);
  const sum = `dd if=${path} bs=1M skip=200 count=1 2>/dev/null | sha256sum`;
  const before = await source.execOk(['sh', '-ec', sum]);
  await source.virsh('start', 'sparse');
  const { id } = await guest.waitAlive();
  await world.client.adoptInstance({ host: 'compute11', domain: 'sparse' });
  const moved = await world.moved('sparse', 'live', 'compute12');
  expect(moved).toMatchObject({ status: 'completed', error: null });
  expect(await told(moved.id, 'writes no zeros to')).toContain('vda');
  expect(await guest.waitAlive()).toMatchObject({ id, bad: 0 });
  expect(await target.execOk(['sh', '-ec', sum])).toBe(before);
  const others = `head -c ${199 * mebibyte} ${path} | tail -c ${100 * mebibyte} | tr -d '\\0' | wc -c`;
  expect((await target.execOk(['sh', '-ec', others])).trim()).toBe('0');
  const [blocks = '0', size = '0'] = (await target.execOk(['stat', '-c', '%b %s', path])).trim().split(' ');
  expect(Number(size)).toBe(256 * mebibyte);
  expect(Number(blocks) * 512).toBeLessThan(64 * mebibyte);
});
