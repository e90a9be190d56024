import { expect } from 'vitest';
import { guestId } from './former-stage.ts';
import type { Upgraded } from './upgraded.ts';

/** Checks that an operation of one kind came to the one end that it may have. */
type End = (upgraded: Upgraded) => Promise<void>;

/** By the names of the files of fixtures. */
export const ends: Readonly<Record<string, End>> = {
  'live-peer': moved('completed'),
  'live-managed': moved('completed'),
  'live-blocked': moved('completed'),
  'live-undone': stayed(['failed', 'error']),
  cold: moved('confirmed'),
  'cold-undone': stayed(['failed', 'error']),
  // The room that going back would take is claimed at the source.
  held: (upgraded) => at(upgraded, 'compute12', { status: 'finished', vmState: 'resized', claims: 1 }),
  confirm: moved('confirmed'),
  revert: stayed(['reverted']),
  // Its source is still off, and has what it had.
  evacuate: (upgraded) => at(upgraded, 'compute12', { status: 'done' }),
  'evacuate-undone': async (upgraded) => {
    expect(upgraded.world.runners(guestId)).toEqual([]);
    expect(domainsOn(upgraded, 'compute12')).toEqual([]);
    expect(await upgraded.client.instance(guestId)).toMatchObject({ ...free, host: 'compute11' });
    claimsAre(upgraded, 0);
  },
  rehearse: rehearsed,
  'rehearse-shared': rehearsed,
  'power-stop': async (upgraded) => {
    expect(upgraded.world.runners(guestId)).toEqual([]);
    expect(domainsOn(upgraded, 'compute11')).toEqual([guestId]);
    const instance = await upgraded.client.instance(guestId);
    expect(instance).toMatchObject({ ...free, host: 'compute11', vmState: 'stopped' });
  },
  'power-reboot': (upgraded) => at(upgraded, 'compute11', { status: null }),
  attach: async (upgraded) => {
    await at(upgraded, 'compute11', { status: null });
    expect(disksOf(upgraded)).toEqual(['vda', 'vdb']);
    expect(attachments(upgraded)).toEqual([{ state: 'attached', target: 'vdb', operation_id: null }]);
  },
  detach: async (upgraded) => {
    await at(upgraded, 'compute11', { status: null });
    expect(disksOf(upgraded)).toEqual(['vda']);
    expect(attachments(upgraded)).toEqual([]);
  },
  create: async (upgraded) => {
    const [instance, ...others] = await upgraded.client.instances();
    expect(others).toEqual([]);
    expect(instance).toMatchObject({ ...free, host: 'compute11', vmState: 'active' });
    expect(upgraded.world.runners(instance?.id ?? '')).toEqual(['compute11']);
    claimsAre(upgraded, 0);
  },
  'create-undone': async (upgraded) => {
    const [instance] = await upgraded.client.instances();
    // It is held by nothing but what came to nothing, until somebody deletes it.
    expect(instance).toMatchObject({ taskState: null, vmState: 'error' });
    nothingIsLeft(upgraded);
  },
  delete: isGone,
  'delete-blocked': isGone,
};

const free = { taskState: null, migrationId: null };

function moved(status: string): End {
  return async (upgraded) => {
    await at(upgraded, 'compute12', { status });
    expect(domainsOn(upgraded, 'compute11')).toEqual([]);
  };
}

/** What it began is taken back on both hosts; how far it had come decides whether it has found all that it looks for. */
async function rehearsed(upgraded: Upgraded): Promise<void> {
  const [migration] = await upgraded.client.migrations();
  await at(upgraded, 'compute11', { status: 'completed' });
  expect(migration?.rehearsal).toMatchObject({ asBefore: true, kept: [] });
  expect(migration?.rehearsal?.phases.map(({ phase }) => phase)).toEqual([
    'inspect-target',
    'prepare-networks',
    'prepare-storage',
    'prepare-firewall',
    'prepare-images',
    'send-memory',
    'send-disk',
  ]);
  const { domains, filters, directories } = upgraded.world.host('compute12');
  expect([...domains.keys()]).toEqual([]);
  expect([...(filters?.keys() ?? [])]).toEqual([]);
  expect([...(directories.get('/images')?.keys() ?? [])]).toEqual([]);
  expect(domainsOn(upgraded, 'compute11')).toEqual([guestId]);
  expect(upgraded.rows('SELECT name FROM brought_volume')).toEqual([]);
}

function stayed(statuses: readonly string[]): End {
  return async (upgraded) => {
    const [migration] = await upgraded.client.migrations();
    expect(statuses).toContain(migration?.status);
    await at(upgraded, 'compute11', { status: migration?.status ?? '' });
    expect(domainsOn(upgraded, 'compute12')).toEqual([]);
  };
}

/** The guest runs there and nowhere else, and so it is on record; `status` of its one migration, null: it has none. */
async function at(
  upgraded: Upgraded,
  host: string,
  {
    status,
    vmState = 'active',
    claims = 0,
  }: { readonly status: string | null; readonly vmState?: string; readonly claims?: number },
): Promise<void> {
  expect(upgraded.world.runners(guestId)).toEqual([host]);
  const migrations = await upgraded.client.migrations();
  expect(migrations.map((one) => one.status)).toEqual(status === null ? [] : [status]);
  const holder = vmState === 'resized' ? { migrationId: migrations[0]?.id } : {};
  expect(await upgraded.client.instance(guestId)).toMatchObject({ ...free, ...holder, host, vmState });
  claimsAre(upgraded, claims);
}

async function isGone(upgraded: Upgraded): Promise<void> {
  expect(await upgraded.client.instances()).toEqual([]);
  expect(upgraded.rows('SELECT vm_state, task_state FROM instance')).toEqual([
    { vm_state: 'deleted', task_state: null },
  ]);
  nothingIsLeft(upgraded);
}

/** Of a server that Ferry made, on its host and in the catalogues. */
function nothingIsLeft(upgraded: Upgraded): void {
  const { domains, filters, directories } = upgraded.world.host('compute11');
  expect([...domains.keys()]).toEqual([]);
  expect([...(filters?.keys() ?? [])]).toEqual([]);
  expect([...(directories.get('/images')?.keys() ?? [])]).toEqual([]);
  expect(upgraded.rows('SELECT path FROM base_image')).toEqual([]);
  claimsAre(upgraded, 0);
}

function claimsAre(upgraded: Upgraded, count: number): void {
  const claims = ['claim', 'creation_claim'].flatMap((table) => upgraded.rows(`SELECT * FROM ${table}`));
  expect(claims).toHaveLength(count);
}

function domainsOn(upgraded: Upgraded, host: string): string[] {
  return [...upgraded.world.host(host).domains.keys()];
}

function disksOf(upgraded: Upgraded): string[] {
  const { xml = '' } = upgraded.world.host('compute11').domains.get(guestId) ?? {};
  return Array.from(xml.matchAll(/<target dev=['"](vd[a-z])/g), ([, target = '']) => target);
}

function attachments(upgraded: Upgraded): unknown[] {
  return upgraded.rows('SELECT state, target, operation_id FROM volume_attachment');
}
