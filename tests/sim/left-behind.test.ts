import type { MigrationBody, MoveBody } from '@ferry/api';
import type { SimulatedDomain } from '@ferry/hypervisor/simulated';
import { describe, expect, test } from 'vitest';
import { Stage } from './world.ts';

const mebibyte = 1024 * 1024;
const extra = '/images/extra.qcow2';
const disk = '/images/web-1.qcow2';
const held: MoveBody = { kind: 'cold-migration', host: 'compute12', hold: true };

function at(stage: Stage, id: string, host: string): SimulatedDomain {
  const domain = stage.world.host(host).domains.get(id);
  if (domain === undefined) throw new Error(`no ${id} on ${host}`);
  return domain;
}

function put(stage: Stage, host: string, path: string, below: string | null = null): void {
  const [, directory = '', name = ''] = /^(.*)\/(.*)$/.exec(path) ?? [];
  const backing = below === null ? null : { path: below, format: 'qcow2' };
  const image = { format: 'qcow2', capacityBytes: 32 * mebibyte, backing, owner: null, content: 'dear data' };
  stage.world.host(host).directories.get(directory)?.set(name, image);
}

const device = (xml: string, more: string): string => xml.replace('</devices>', `${more}</devices>`);
const diskXml = (path: string, kind = 'disk', target = 'vdb'): string =>
  `<disk type='file' device='${kind}'><driver name='qemu' type='qcow2'/><source file='${path}'/><target dev='${target}'/></disk>`;

/** `virsh attach-disk` with a new image, to its life, its next start, or both. */
function attach(stage: Stage, id: string, host: string, how: '--live' | '--config' | '--persistent'): void {
  put(stage, host, extra);
  const domain = at(stage, id, host);
  const before = domain.xml;
  const after = device(before, diskXml(extra));
  if (how === '--persistent' || domain.state === 'shutoff') domain.xml = after;
  else if (how === '--live') Object.assign(domain, { xml: after, nextXml: before });
  else domain.nextXml = after;
}

/** `virsh snapshot-create-as --disk-only --no-metadata`. */
function snapshot(stage: Stage, id: string, host: string, path = disk): void {
  put(stage, host, `${path}.snap`, path);
  const domain = at(stage, id, host);
  domain.xml = domain.xml.replace(path, `${path}.snap`);
}

async function heldMove(stage: Stage): Promise<string> {
  const { id } = await stage.client().migrate('web', held);
  await stage.migrationWhen(id, 'is held', ({ status }) => status === 'finished');
  return id;
}

async function decided(stage: Stage, id: string, decision: 'confirm' | 'revert'): Promise<MigrationBody> {
  await stage.client().decideMigration(id, decision);
  const end = await stage.over(id);
  await stage.quiet();
  return end;
}

const text = (part: string): string => expect.stringContaining(part) as string;

describe('what people give a guest at its target, and the move is reverted', () => {
  test.each(['--live', '--config', '--persistent'] as const)(
    'a disk attached %s stays there, and it is said where, how large, and what to do',
    async (how) => {
      await using stage = await Stage.open();
      const id = await stage.guest({ name: 'web' });
      const migration = await heldMove(stage);
      attach(stage, id, 'compute12', how);
      const { status, kept } = await decided(stage, migration, 'revert');
      expect(status).toBe('reverted');
      expect(stage.world.runners(id)).toEqual(['compute11']);
      expect(stage.files('compute12')).toEqual([extra]);
      expect(kept).toEqual([{ host: 'compute12', path: extra, because: text('disk vdb (qcow2, 32 MiB') }]);
      expect(kept[0]?.because).toContain('copy it to compute11');
    },
  );

  test('a snapshot made there: its overlay and what it stands on stay, each with its reason', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web' });
    const migration = await heldMove(stage);
    snapshot(stage, id, 'compute12');
    const { kept } = await decided(stage, migration, 'revert');
    expect(stage.files('compute12')).toEqual(expect.arrayContaining([disk, `${disk}.snap`]));
    expect(kept).toEqual(
      expect.arrayContaining([
        { host: 'compute12', path: `${disk}.snap`, because: text('as disk vda') },
        { host: 'compute12', path: disk, because: text(`${disk}.snap on compute12 stands on it`) },
      ]),
    );
  });

  test('a snapshot of a disk that both hosts have: it goes on there, since its data are in what the source would not read', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', directory: '/shared' });
    const migration = await heldMove(stage);
    const shared = '/shared/web-1.qcow2';
    snapshot(stage, id, 'compute12', shared);
    await stage.client().decideMigration(migration, 'revert');
    const { error } = await stage.migrationWhen(
      migration,
      'is held again',
      ({ status, error: said }) => status === 'finished' && said !== null,
    );
    expect(error).toMatchObject({ code: 'disks-changed', message: text(`${shared}.snap`) });
    expect(error?.message).toContain(`disk vda`);
    expect(error?.message).toContain('blockcommit');
    expect(stage.world.runners(id)).toEqual(['compute12']);
    const domain = at(stage, id, 'compute12');
    domain.xml = domain.xml.replace(`${shared}.snap`, shared);
    expect(await decided(stage, migration, 'revert')).toMatchObject({ status: 'reverted', error: null });
  });

  test('another medium, and an interface: the one stays and is named, the other is said to be gone', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web' });
    const migration = await heldMove(stage);
    put(stage, 'compute12', '/images/tools.iso');
    const domain = at(stage, id, 'compute12');
    const nic = `<interface type='network'><mac address='52:54:00:00:00:77'/><source network='default'/></interface>`;
    domain.xml = device(domain.xml, diskXml('/images/tools.iso', 'cdrom', 'sda') + nic);
    const { kept, phase } = await decided(stage, migration, 'revert');
    expect(kept).toEqual([{ host: 'compute12', path: '/images/tools.iso', because: text('cdrom sda') }]);
    expect(phase).toContain('52:54:00:00:00:77 (network default)');
  });

  test('an interface for its next start alone is said to be gone', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web' });
    const migration = await heldMove(stage);
    const domain = at(stage, id, 'compute12');
    const nic = `<interface type='bridge'><mac address='52:54:00:00:00:78'/><source bridge='br0'/></interface>`;
    domain.nextXml = device(domain.xml, nic);
    expect((await decided(stage, migration, 'revert')).phase).toContain('52:54:00:00:00:78 (bridge br0)');
  });

  test('nothing: nothing is said', async () => {
    await using stage = await Stage.open();
    await stage.guest({ name: 'web', directory: '/shared' });
    const { kept, phase } = await decided(stage, await heldMove(stage), 'revert');
    expect(kept).toEqual([]);
    expect(phase).toBe('back at compute11');
  });
});

test.each(['abort', 'a start that fails'] as const)(
  'a disk attached at the target before the move is taken back (%s) stays, and is named',
  async (how) => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web' });
    const { faults } = stage.world;
    if (how === 'abort')
      faults.before('compute12', 'domains.ensureRecords', () => {
        attach(stage, id, 'compute12', '--config');
        // Whatever has it taken back.
        at(stage, id, 'compute11').state = 'running';
      });
    else
      faults.before('compute12', 'domains.ensureStarted', () => {
        attach(stage, id, 'compute12', '--config');
        at(stage, id, 'compute12').cannotStart = 'no such disk';
      });
    const { id: migration } = await stage.client().migrate('web', { ...held, hold: false });
    const { status, kept } = await stage.over(migration);
    await stage.quiet();
    expect(status).toBe('error');
    expect(stage.files('compute12')).toEqual([extra]);
    expect(
      await stage
        .client()
        .migration(migration)
        .then((one) => one.kept),
    ).toEqual([{ host: 'compute12', path: extra, because: text('disk vdb') }]);
    expect(kept.length).toBeLessThanOrEqual(1);
  },
);

test('a disk given to what the source keeps stays when the move is confirmed, and is named', async () => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web' });
  const migration = await heldMove(stage);
  attach(stage, id, 'compute11', '--config');
  const { status, kept } = await decided(stage, migration, 'confirm');
  expect(status).toBe('confirmed');
  expect(stage.files('compute11')).toContain(extra);
  expect(kept).toEqual([{ host: 'compute11', path: extra, because: text('copy it to compute12') }]);
});

test.each(['/images', '/shared'] as const)(
  'a disk given to what a live move leaves at the source (%s) stays, and is named',
  async (directory) => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', directory });
    let left = false;
    stage.world.faults.before('compute12', 'domains.vcpuTimeNs', () => {
      // libvirt has left its definition, as where the end of the transfer was not heard.
      const there = at(stage, id, 'compute12');
      if (!stage.world.host('compute11').domains.has(id))
        stage.world.addDomain('compute11', there.xml, 'shutoff');
      attach(stage, id, 'compute11', '--config');
      left = true;
    });
    const end = await stage.over(
      (await stage.client().migrate('web', { kind: 'live-migration', host: 'compute12' })).id,
    );
    await stage.quiet();
    expect(left).toBe(true);
    expect(end).toMatchObject({ status: 'completed' });
    expect(stage.files('compute11')).toContain(extra);
    expect(end.kept).toEqual([{ host: 'compute11', path: extra, because: text('disk vdb') }]);
  },
);
