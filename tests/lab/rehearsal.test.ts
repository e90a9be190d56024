import type { MigrationBody } from '@ferry/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BothHosts, differences, hostState } from '../faults/host-state.ts';
import { LabWorld } from './lab-world.ts';

const mebibyte = 1024 * 1024;
let world: LabWorld;

beforeAll(async () => {
  world = await LabWorld.up('rehearsal', 2);
});
afterAll(() => world?.down());

async function bothHosts(): Promise<BothHosts> {
  const [source, target] = [world.host('compute11'), world.host('compute12')];
  return { source: await hostState(source), target: await hostState(target) };
}

/** Rehearses the move of a new guest, and holds both hosts and the guest against what they were before. */
async function rehearse(storage: 'local' | 'shared'): Promise<MigrationBody> {
  const guest = await world.guest({ name: storage, host: 'compute11', storage, memoryMib: 128 });
  const { id: boot } = await guest.waitAlive();
  const before = await bothHosts();
  const accepted = await world.client.rehearse(storage, { kind: 'live-migration', host: 'compute12' });
  const ended = await world.ended(accepted.id);
  expect(ended).toMatchObject({
    status: 'completed',
    error: null,
    rehearsal: { asBefore: true, kept: [], link: { kind: 'measured', limited: false } },
  });
  const { link } = ended.rehearsal ?? {};
  expect(link?.kind === 'measured' ? link.bytesPerSecond : 0).toBeGreaterThan(mebibyte);
  expect(differences(before, await bothHosts(), { moved: false, marks: [storage] })).toEqual([]);
  // It ran on all the while, and nobody started it anew.
  expect(await guest.waitAlive()).toMatchObject({ id: boot, bad: 0 });
  return ended;
}

test('a real guest is rehearsed: the way is proven, the link measured, and hosts are as before', async () => {
  expect((await rehearse('local')).plan?.form).toBe('coordinated');
  const { forecast } = await world.client.check('local', { kind: 'live-migration', host: 'compute12' });
  expect(forecast?.basis).toContainEqual(expect.stringContaining('a rehearsal at '));
});

test('with shared disks the hosts do it among themselves, as in the move', { tags: 'thorough' }, async () => {
  expect((await rehearse('shared')).plan?.form).toBe('peer-to-peer');
});

test('a firewall between the hosts is found before the move is made, and nothing is left by it', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({ name: 'walled', host: 'compute11', storage: 'local', memoryMib: 128 });
  const { id: boot } = await guest.waitAlive();
  const heal = await world.host('compute11').dropTraffic({ to: '203.0.113.12' });
  const before = await bothHosts();
  const accepted = await world.client.rehearse('walled', { kind: 'live-migration', host: 'compute12' });
  const ended = await world.ended(accepted.id);
  expect(ended).toMatchObject({ status: 'failed', error: { code: 'way-not-open' } });
  await heal();
  expect(differences(before, await bothHosts(), { moved: false, marks: ['walled'] })).toEqual([]);
  expect(await guest.waitAlive()).toMatchObject({ id: boot, bad: 0 });
});
