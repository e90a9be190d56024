import type { MoveBody } from '@ferry/api';
import type { SimulatedDomain, SimulatedFile } from '@ferry/hypervisor/simulated';
import { expect, test } from 'vitest';
import { Stage } from './world.ts';

const data = '/images/data.img';

function at(stage: Stage, id: string, host = 'compute11'): SimulatedDomain {
  const domain = stage.world.host(host).domains.get(id);
  if (domain === undefined) throw new Error(`no ${id} on ${host}`);
  return domain;
}

function put(
  stage: Stage,
  host: string,
  path: string,
  content: string,
  file: Partial<SimulatedFile> = {},
): void {
  const [, directory = '', name = ''] = /^(.*)\/([^/]*)$/.exec(path) ?? [];
  const fresh = { format: 'raw', capacityBytes: 9, backing: null, owner: null };
  stage.world
    .host(host)
    .directories.get(directory)
    ?.set(name, { ...fresh, ...file, content });
}

const second = (path: string, format = 'raw'): string =>
  `<disk type='file' device='disk'><driver name='qemu' type='${format}'/><source file='${path}'/><target dev='vdb' bus='virtio'/></disk>`;

const moves: readonly (readonly [string, '/shared' | '/images', MoveBody])[] = [
  ['peer to peer', '/shared', { kind: 'live-migration', host: 'compute12' }],
  ['coordinated', '/shared', { kind: 'live-migration', host: 'compute12', coordinated: true }],
  ['with its disks', '/images', { kind: 'live-migration', host: 'compute12' }],
];

/** Moves it, and has somebody change it after the target was looked at and before anything is sent. */
async function moveWhile(stage: Stage, move: MoveBody, what: () => void): Promise<unknown> {
  // Autostart is taken off right after the move was accepted.
  stage.world.faults.before('compute11', 'domains.setAutostart', what);
  const { id } = await stage.client().migrate('web', move);
  const end = await stage.over(id);
  await stage.quiet();
  return end;
}

test.each(moves)(
  'a disk that is attached after the checks is not swapped for a file of the same name: %s',
  async (_, directory, move) => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', directory, autostart: true });
    put(stage, 'compute11', data, 'data of web');
    put(stage, 'compute12', data, 'data of somebody else');
    const end = await moveWhile(stage, move, () => {
      const domain = at(stage, id);
      domain.xml = domain.xml.replace('</devices>', `${second(data)}</devices>`);
    });
    expect(end).toMatchObject({
      status: 'failed',
      error: { code: 'disks-changed', message: expect.stringContaining(data) as string },
    });
    expect(stage.world.runners(id)).toEqual(['compute11']);
    expect(stage.hosts()['compute11']?.files[data]).toMatchObject({ content: 'data of web' });
    expect(stage.hosts()['compute12']?.files[data]).toMatchObject({ content: 'data of somebody else' });
  },
);

test('a disk that is detached after the checks is not taken away as one that has moved', async () => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web', autostart: true });
  put(stage, 'compute11', data, 'data of web');
  at(stage, id).xml = at(stage, id).xml.replace('</devices>', `${second(data)}</devices>`);
  const end = await moveWhile(stage, { kind: 'live-migration', host: 'compute12' }, () => {
    const domain = at(stage, id);
    domain.xml = domain.xml.replace(second(data), '');
  });
  expect(stage.hosts()['compute11']?.files[data]).toMatchObject({ content: 'data of web' });
  expect(end).toMatchObject({ status: 'failed', error: { code: 'disks-changed' } });
  expect(stage.files('compute12')).not.toContain(data);
});

test.each(moves)('an external snapshot that is made after the checks: %s', async (_, directory, move) => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web', directory, autostart: true });
  const [before, snap] = [`${directory}/web-1.qcow2`, `${directory}/web.snap`];
  const end = await moveWhile(stage, move, () => {
    put(stage, 'compute11', snap, 'what web wrote since', {
      format: 'qcow2',
      backing: { path: before, format: 'qcow2' },
    });
    at(stage, id).xml = at(stage, id).xml.replace(before, snap);
  });
  expect(end).toMatchObject({
    status: 'failed',
    error: { code: 'disks-changed', message: expect.stringContaining(snap) as string },
  });
  expect(stage.world.runners(id)).toEqual(['compute11']);
  expect(stage.files('compute11', directory)).toEqual(expect.arrayContaining([before, snap]));
});
