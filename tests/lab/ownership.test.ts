import { readFileSync, writeFileSync } from 'node:fs';
import type { FindingBody } from '@ferry/api';
import type { LabGuest } from '@ferry/lab';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

/** QEMU is 64055 on the source and 64066 on the target; its group is the same. */
let world: LabWorld;
const [source, target] = ['compute11', 'compute12'];

beforeAll(async () => {
  world = await LabWorld.up('owners', [{}, { qemuUid: 64066 }]);
});
afterAll(() => world?.down());

/** Sets how libvirt treats owners on both hosts, and starts it anew. */
async function ownersAre(dynamic: 0 | 1, remembered: 0 | 1): Promise<void> {
  for (const host of world.lab.hosts) {
    const file = host.pathOnMachine('/etc/libvirt/qemu.conf');
    const kept = readFileSync(file, 'utf8').replaceAll(/^(?:dynamic_ownership|remember_owner) .*\n/gm, '');
    writeFileSync(file, `${kept}dynamic_ownership = ${dynamic}\nremember_owner = ${remembered}\n`);
    await host.libvirtd.kill('SIGKILL');
    await host.libvirtd.start();
    await host.virsh('capabilities');
  }
}

async function findings(name: string, kind: 'live' | 'cold'): Promise<FindingBody[]> {
  const report = await world.client.check(name, { kind: `${kind}-migration`, host: target });
  return report.findings.filter((finding) => finding.code === 'qemu-owner');
}

const ownerOf = (guest: LabGuest, host = source): Promise<string> =>
  world.host(host).execOk(['stat', '-c', '%u:%g %a', guest.diskPath]);

describe.each([
  ['changed, then given to root', 1, 0],
  ['changed and given back', 1, 1],
  ['left alone', 0, 0],
] as const)('owners are %s', (words, dynamic, remembered) => {
  let shared: LabGuest;
  const name = `shared${dynamic}${remembered}`;

  beforeAll(async () => {
    await ownersAre(dynamic, remembered);
    shared = await world.guest({ name, host: source, storage: 'shared' });
  });
  afterAll(async () => {
    for (const host of [source, target]) await world.host(host).exec(['virsh', '-q', 'destroy', name]);
  });
  beforeEach(() => shared.waitAlive());

  test('what libvirt does with owners is found, and a live move refused before the disk is touched', {
    tags: 'thorough',
  }, async () => {
    if (dynamic === 0) await world.host(source).execOk(['chmod', '600', shared.diskPath]);
    const before = await ownerOf(shared);
    const [finding] = await findings(name, 'live');
    expect(finding).toMatchObject({
      severity: 'error',
      compared: { source: expect.stringMatching(/^64055:/), target: expect.stringMatching(/^64066:/) },
    });
    expect(finding?.compared).toMatchObject({ sourceOwnership: words, targetOwnership: words });
    await expect(world.move(name, 'live', target)).rejects.toMatchObject({ code: 'checks-failed' });
    expect(await ownerOf(shared)).toBe(before);
    expect(await world.lab.runners(name)).toEqual([source]);
    const leftovers = 'ls -A /var/lib/libvirt/shared | grep -c ferry- || true';
    expect(await world.host(source).execOk(['sh', '-c', leftovers])).toBe('0\n');
  });

  test('a guest whose disk is copied moves live: the copy belongs to the QEMU of the target', {
    // The gate has what Debian's hosts do, and a part the others.
    tags: words === 'changed, then given to root' ? [] : ['thorough'],
  }, async () => {
    const local = `local${dynamic}${remembered}`;
    const guest = await world.guest({ name: local, host: source, storage: 'local', disk: 'standalone' });
    await world.host(source).execOk(['chmod', '600', guest.diskPath]);
    expect(await world.moved(local, 'live', target)).toMatchObject({ status: 'completed', error: null });
    await guest.waitAlive();
    expect(await ownerOf(guest, target)).toMatch(/^64066:/);
    await world.host(target).virsh('destroy', local);
  });
});

test('owners are left alone and the group may write: a shared guest moves there and back', async () => {
  await ownersAre(0, 0);
  const guest = await world.guest({ name: 'group', host: source, storage: 'shared' });
  await world.host(source).execOk(['chmod', '660', guest.diskPath]);
  const [finding] = await findings('group', 'live');
  expect(finding).toMatchObject({ severity: 'ok' });
  const { id } = await guest.waitAlive();
  for (const host of [target, source]) {
    expect(await world.moved('group', 'live', host)).toMatchObject({ status: 'completed', error: null });
    expect((await guest.waitAlive()).id).toBe(id);
  }
});
