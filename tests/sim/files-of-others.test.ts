import type { CheckReportBody, MigrationBody, MoveBody } from '@ferry/api';
import type { SimulatedFile } from '@ferry/hypervisor/simulated';
import { describe, expect, test } from 'vitest';
import { domainXml, Stage } from './world.ts';

const cold: MoveBody = { kind: 'cold-migration', host: 'compute12' };
const live: MoveBody = { kind: 'live-migration', host: 'compute12' };
const kinds = [cold, live];
const iso = '/images/debian.iso';
const disk = '/images/web-1.qcow2';

/** A file of a host, or a shared one. */
function put(stage: Stage, path: string, file: Partial<SimulatedFile> = {}, host = 'compute11'): void {
  const at = path.lastIndexOf('/');
  const { directories } = stage.world.host(host);
  const directory = directories.get(path.slice(0, at)) ?? new Map<string, SimulatedFile>();
  directories.set(path.slice(0, at), directory);
  const whole = { format: 'raw', capacityBytes: 9, backing: null, owner: null, content: path, ...file };
  directory.set(path.slice(at + 1), whole);
}

/** Puts more into the devices of a domain. */
function add(stage: Stage, id: string, xml: string, host = 'compute11'): void {
  const domain = stage.world.host(host).domains.get(id);
  if (domain !== undefined) domain.xml = domain.xml.replace('</devices>', `${xml}</devices>`);
}

const drive = (path: string): string =>
  `<disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='${path}'/><target dev='sda' bus='sata'/><readonly/></disk>`;

/** A domain that nobody has adopted, with that disk, and more. */
function stranger(
  stage: Stage,
  path: string,
  more: { state?: 'running' | 'shutoff'; host?: string; name?: string; xml?: string } = {},
): string {
  const { state = 'running', host = 'compute11', name = 'clone', xml = '' } = more;
  const id = '99999999-1111-4111-8111-000000000001';
  stage.world.addDomain(host, domainXml({ name, id, disk: path }), state);
  add(stage, id, xml, host);
  return id;
}

async function moved(stage: Stage, body: MoveBody, name = 'web'): Promise<MigrationBody> {
  const end = await stage.over((await stage.client().migrate(name, body)).id);
  expect(end).toMatchObject({ error: null });
  return end;
}

const finding = ({ findings }: CheckReportBody): unknown =>
  findings.find(({ code, severity }) => code === 'file-users' && severity === 'error');

describe.each(kinds)('$kind', (body) => {
  test('a medium that another guest has, too, stays; it goes home again', async () => {
    await using stage = await Stage.open();
    put(stage, iso);
    const id = await stage.guest({ name: 'web' });
    const other = await stage.guest({ name: 'db' });
    for (const one of [id, other]) add(stage, one, drive(iso));
    const end = await moved(stage, body);
    expect(stage.files('compute11')).toContain(iso);
    expect(stage.files('compute12')).toContain(iso);
    expect(end.kept).toEqual([
      { host: 'compute11', path: iso, because: expect.stringContaining('only read') as unknown },
    ]);
    // The same content at the same path is the same: neither it nor the second guest finds the way barred.
    await moved(stage, body, 'db');
    await moved(stage, { ...body, host: 'compute11' });
    expect(stage.files('compute11')).toEqual(expect.arrayContaining([iso, disk]));
  });

  test.each(['running', 'shutoff'] as const)(
    'a template under a linked clone that is %s stays, and is said to',
    async (state) => {
      await using stage = await Stage.open();
      await stage.guest({ name: 'web', state: body === cold ? 'shutoff' : 'running' });
      put(stage, '/images/clone.qcow2', { format: 'qcow2', backing: { path: disk, format: 'qcow2' } });
      stranger(stage, '/images/clone.qcow2', { state });
      const report = await stage.client().check('web', body);
      expect(report.findings).toContainEqual(
        expect.objectContaining({
          code: 'file-users',
          severity: 'info',
          message: expect.stringContaining('clone on compute11') as unknown,
        }),
      );
      const end = await moved(stage, body);
      expect(stage.files('compute11')).toContain(disk);
      expect(end.kept).toEqual([
        { host: 'compute11', path: disk, because: expect.stringContaining('stands on it') as unknown },
      ]);
    },
  );

  test.each(['running', 'shutoff'] as const)(
    'a disk that another definition, %s, writes to is refused before anything',
    async (state) => {
      await using stage = await Stage.open();
      await stage.guest({ name: 'web', state: body === cold ? 'shutoff' : 'running' });
      stranger(stage, disk, { state });
      const before = stage.hosts();
      const report = await stage.client().check('web', body);
      expect(report.possible).toBe(false);
      expect(finding(report)).toMatchObject({
        message: expect.stringContaining('clone on compute11') as unknown,
      });
      await expect(stage.client().migrate('web', body)).rejects.toMatchObject({ code: 'checks-failed' });
      expect(stage.hosts()).toEqual(before);
    },
  );

  test('who comes to have it while it is moved keeps it: the last look is right before the deletion', async () => {
    await using stage = await Stage.open();
    await stage.guest({ name: 'web' });
    stage.world.faults.before(
      'compute11',
      body === cold ? 'domains.ensureUndefined' : 'domains.ensureStaleCopyRemoved',
      () => {
        put(stage, '/images/clone.qcow2', { format: 'qcow2', backing: { path: disk, format: 'qcow2' } });
        stranger(stage, '/images/clone.qcow2');
      },
    );
    const end = await moved(stage, body);
    expect(stage.files('compute11')).toContain(disk);
    expect(end.kept.map(({ path }) => path)).toEqual([disk]);
  });

  test.each([
    [
      'its next start',
      (stage: Stage, id: string) => {
        const domain = stage.world.host('compute11').domains.get(id);
        if (domain !== undefined)
          domain.nextXml = domain.xml.replace('</devices>', `${drive(disk)}</devices>`);
      },
    ],
    [
      'a snapshot',
      (stage: Stage, id: string) => {
        const xml = `<domainsnapshot><name>s</name><domain><devices>${drive(disk)}</devices></domain></domainsnapshot>`;
        Object.assign(stage.world.host('compute11').domains.get(id) ?? {}, {
          records: { snapshots: [{ name: 's', xml, current: true }], checkpoints: [] },
        });
      },
    ],
    [
      'options of QEMU',
      (stage: Stage, id: string) => {
        const domain = stage.world.host('compute11').domains.get(id);
        if (domain !== undefined)
          domain.xml = domain.xml.replace(
            '</domain>',
            `<x value='if=none,file=${disk},format=raw'/></domain>`,
          );
      },
    ],
    [
      'a directory that is shared with it',
      (stage: Stage, id: string) => {
        add(stage, id, "<filesystem type='mount'><source dir='/images'/><target dir='data'/></filesystem>");
      },
    ],
    [
      'a shared directory above, written with a slash at its end',
      (stage: Stage, id: string) => {
        add(stage, id, "<filesystem type='mount'><source dir='/images/'/><target dir='data'/></filesystem>");
      },
    ],
    [
      'the whole host, shared with it',
      (stage: Stage, id: string) => {
        add(stage, id, "<filesystem type='mount'><source dir='/'/><target dir='data'/></filesystem>");
      },
    ],
    [
      "QEMU's -blockdev, in JSON",
      (stage: Stage, id: string) => {
        const json = `{"driver":"qcow2","node-name":"x","file":{"driver":"file","filename":"${disk}"}}`;
        add(stage, id, `<x value='${json}'/>`);
      },
    ],
    [
      'a link to it',
      (stage: Stage, id: string) => {
        const { directories } = stage.world.host('compute11');
        const file = directories.get('/images')?.get('web-1.qcow2');
        if (file !== undefined) directories.set('/srv/links', new Map([['web', file]]));
        add(stage, id, drive('/srv/links/web'));
      },
    ],
  ])('what another domain has by %s stays', async (_, name) => {
    await using stage = await Stage.open();
    await stage.guest({ name: 'web' });
    put(stage, '/images/other.qcow2');
    name(stage, stranger(stage, '/images/other.qcow2', { name: 'other' }));
    const end = await moved(stage, body);
    expect(stage.files('compute11')).toContain(disk);
    expect(end.kept).toMatchObject([
      { path: disk, because: expect.stringContaining('other on compute11') as unknown },
    ]);
  });

  test('an image that no domain has stands on it: it stays', async () => {
    await using stage = await Stage.open();
    await stage.guest({ name: 'web' });
    put(stage, '/images/branch.qcow2', { format: 'qcow2', backing: { path: disk, format: 'qcow2' } });
    const end = await moved(stage, body);
    expect(stage.files('compute11')).toContain(disk);
    expect(end.kept).toMatchObject([{ because: expect.stringContaining('/images/branch.qcow2') as unknown }]);
  });

  test('another host sees the same directory, and has a guest on the disk there', async () => {
    await using stage = await Stage.open();
    const images = stage.world.host('compute11').directories.get('/images');
    if (images !== undefined) stage.world.host('compute13').directories.set('/images', images);
    await stage.guest({ name: 'web' });
    put(stage, '/images/clone.qcow2', { format: 'qcow2', backing: { path: disk, format: 'qcow2' } });
    stranger(stage, '/images/clone.qcow2', { host: 'compute13' });
    const end = await moved(stage, body);
    expect(stage.files('compute11')).toContain(disk);
    expect(end.kept).toMatchObject([{ because: expect.stringContaining('clone on compute13') as unknown }]);
  });

  test('another host sees the same directory by another name, and has a guest on the disk there', async () => {
    await using stage = await Stage.open();
    const images = stage.world.host('compute11').directories.get('/images');
    if (images !== undefined) stage.world.host('compute13').directories.set('/mnt/nfs', images);
    await stage.guest({ name: 'web' });
    put(stage, '/images/clone.qcow2', {
      format: 'qcow2',
      backing: { path: '/mnt/nfs/web-1.qcow2', format: 'qcow2' },
    });
    stranger(stage, '/mnt/nfs/clone.qcow2', { host: 'compute13' });
    const end = await moved(stage, body);
    expect(stage.files('compute11')).toContain(disk);
    expect(end.kept).toMatchObject([{ because: expect.stringContaining('clone on compute13') as unknown }]);
  });

  test('a disk that a guest of another host writes to, by another name of its directory, is refused', async () => {
    await using stage = await Stage.open();
    await stage.guest({ name: 'web' });
    const images = stage.world.host('compute11').directories.get('/images');
    if (images !== undefined) stage.world.host('compute13').directories.set('/mnt/nfs', images);
    stranger(stage, '/mnt/nfs/web-1.qcow2', { host: 'compute13' });
    const report = await stage.client().check('web', body);
    expect(report.possible).toBe(false);
    expect(finding(report)).toMatchObject({
      message: expect.stringContaining('clone on compute13') as unknown,
    });
  });

  test('a domain that cannot be read may have anything: all stays, and it is said why; the move is not barred', async () => {
    await using stage = await Stage.open();
    await stage.guest({ name: 'web' });
    put(stage, '/images/other.qcow2');
    const id = stranger(stage, '/images/other.qcow2', { name: 'odd' });
    const odd = stage.world.host('compute11').domains.get(id);
    if (odd !== undefined) odd.unreadable = 'libvirt does not give it';
    const end = await moved(stage, body);
    expect(stage.files('compute11')).toContain(disk);
    expect(end.kept).toMatchObject([{ because: expect.stringContaining('"odd"') as unknown }]);
  });

  test('nobody has it: it goes, and nothing is kept', async () => {
    await using stage = await Stage.open();
    await stage.guest({ name: 'web' });
    const end = await moved(stage, body);
    expect(end.kept).toEqual([]);
    expect(stage.files('compute11')).toEqual(['/images/base.qcow2']);
  });
});

test('a late clean-up on the target leaves what somebody has by then', async () => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web', state: 'shutoff' });
  stage.world.faults.before('compute12', 'domains.ensureDefined', () => {
    put(
      stage,
      '/images/taken.qcow2',
      { format: 'qcow2', backing: { path: disk, format: 'qcow2' } },
      'compute12',
    );
    stranger(stage, '/images/taken.qcow2', { host: 'compute12', state: 'shutoff' });
    stage.world.faults.plan('compute12', 'domains.ensureDefined', 'refuse', 20);
  });
  const { id: migration } = await stage.client().migrate('web', cold);
  const end = await stage.over(migration);
  await stage.quiet();
  expect(end.status).toBe('error');
  expect(stage.files('compute12')).toEqual(expect.arrayContaining([disk, '/images/taken.qcow2']));
  expect((await stage.client().migration(migration)).kept).toMatchObject([{ host: 'compute12', path: disk }]);
  expect(stage.hosts()['compute11']?.domains[id]).toMatchObject({ state: 'shutoff' });
});

test('what stands in the way on the target is told with whose it is: a domain’s, or a running migration’s', async () => {
  await using stage = await Stage.open();
  await stage.guest({ name: 'web', state: 'shutoff' });
  put(stage, disk, {}, 'compute12');
  const taken = (): Promise<string> =>
    stage
      .client()
      .check('web', cold)
      .then(({ findings }) => {
        const found = findings.find(
          ({ severity, code }) => severity === 'error' && code === 'storage-present',
        );
        return found?.message ?? '';
      });
  expect(await taken()).toContain('no domain there names it');
  stranger(stage, disk, { host: 'compute12', name: 'owner' });
  expect(await taken()).toContain('owner on compute12 (running) has it as a disk');
});
