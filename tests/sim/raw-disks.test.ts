import { expect, test } from 'vitest';
import { Stage } from './world.ts';

const cold = { kind: 'cold-migration', host: 'compute12' } as const;
const header = { format: 'qcow2', capacityBytes: 1 << 30, owner: null } as const;
const secret = { format: 'raw', capacityBytes: 4096, backing: null, owner: null, content: 'root:…' } as const;

/** A guest with a raw disk, to whose beginning it has written a qcow2 header that names a file of its host. */
async function liar(stage: Stage, name = 'web', power: 'shutoff' | 'running' = 'shutoff'): Promise<string> {
  const here = stage.world.host('compute11');
  here.directories.set('/etc', new Map([['shadow', { ...secret }]]));
  const id = stage.put({ name, state: power });
  const domain = here.domains.get(id);
  if (domain === undefined) throw new Error('it is not there');
  const [path = ''] = /\/images\/[^'"]+/.exec(domain.xml) ?? [];
  domain.xml = domain.xml.replace(/type=(['"])qcow2\1/, 'type="raw"');
  here.directories.get('/images')?.set(path.slice('/images/'.length), {
    ...header,
    backing: { path: '/etc/shadow', format: 'raw' },
    inside: { dataFile: '/etc/passwd' },
    content: `what ${name} wrote`,
  });
  await stage.client().adoptInstance({ host: 'compute11', domain: id });
  return path;
}

test('what a guest wrote to its raw disk is no image: the file that it names is not read, listed or copied', async () => {
  await using stage = await Stage.open();
  const path = await liar(stage);
  stage.world.host('compute12').directories.set('/etc', new Map());
  const report = await stage.client().check('web', cold);
  expect(report.verdict).toBe('possible');
  expect(JSON.stringify(report)).not.toContain('/etc/');
  expect(report.plan?.disks).toMatchObject([{ action: 'copy', path, format: 'raw', backing: [] }]);
  const { id } = await stage.client().migrate('web', cold);
  expect(await stage.over(id)).toMatchObject({ status: 'confirmed', error: null });
  expect([...(stage.world.host('compute12').directories.get('/etc')?.keys() ?? [])]).toEqual([]);
  expect(stage.world.host('compute11').directories.get('/etc')?.get('shadow')).toEqual(secret);
});

test('nor does it keep another file from its removal, nor bar a live move', async () => {
  await using stage = await Stage.open();
  const path = await liar(stage, 'web', 'running');
  const { id } = await stage.client().migrate('web', { ...cold, kind: 'live-migration' });
  expect(await stage.over(id)).toMatchObject({ status: 'completed', error: null });
  expect(stage.world.host('compute11').directories.get('/images')?.has(path.slice(8))).toBe(false);
});

test.each([
  [
    'memory in a file',
    '/images/pmem',
    "<memory model='virtio-pmem'><source><path>/images/pmem</path></source></memory>",
  ],
  ['the data file of its image', '/images/split.data', ''],
])('what it wrote to the beginning of %s names nothing, and no size', async (_, path, device) => {
  await using stage = await Stage.open();
  const here = stage.world.host('compute11');
  const id = stage.put({ name: 'web', state: 'shutoff' });
  const domain = here.domains.get(id);
  if (domain === undefined) throw new Error('it is not there');
  domain.xml = domain.xml.replace('</devices>', `${device}</devices>`);
  const files = here.directories.get('/images');
  const image = files?.get('web-1.qcow2');
  if (image !== undefined && device === '') image.inside = { dataFile: 'split.data' };
  files?.set(path.slice('/images/'.length), {
    ...header,
    capacityBytes: 2 ** 50,
    backing: { path: '/etc/shadow', format: 'raw' },
    inside: { dataFile: '/etc/passwd' },
    content: 'what web wrote',
  });
  await stage.client().adoptInstance({ host: 'compute11', domain: id });
  const report = await stage.client().check('web', cold);
  expect(JSON.stringify(report)).not.toContain('/etc/');
  expect(report.verdict).toBe('possible');
  const copied = report.plan?.disks.find((disk) => disk.path === path);
  expect(copied).toMatchObject({ action: 'copy', format: 'raw', backing: [] });
  const { id: migration } = await stage.client().migrate('web', cold);
  expect(await stage.over(migration)).toMatchObject({ status: 'confirmed', error: null });
});

test('a volume that says of itself what it is, is taken in by a word, and never with files outside of its pool', async () => {
  await using stage = await Stage.open();
  const here = stage.world.host('compute11');
  here.directories.set('/data', new Map());
  here.pools.set('data', { type: 'dir', active: true, autostart: true, directory: '/data', source: '' });
  const volume = { ...header, content: 'x', backing: null };
  here.directories.get('/data')?.set('plain', { ...volume });
  here.directories.get('/data')?.set('liar', { ...volume, backing: { path: '/etc/shadow', format: 'raw' } });
  const take = (name: string, format?: 'raw' | 'qcow2'): Promise<unknown> =>
    stage
      .client()
      .addVolume({
        name: `${name}-${format ?? 'untold'}`,
        pool: 'data',
        volume: name,
        hosts: ['compute11'],
        ...(format && { format }),
      })
      .catch((error: unknown) => error);
  expect(await take('plain')).toMatchObject({
    message: expect.stringContaining('says that it is qcow2, and nobody else does') as string,
  });
  expect(await take('liar', 'qcow2')).toMatchObject({
    message: expect.stringContaining('/etc/shadow on compute11') as string,
  });
  expect(await take('plain', 'qcow2')).toMatchObject({ format: 'qcow2' });
  const taken = (await take('liar', 'raw')) as { format: string; sizeBytes: number };
  expect(taken.format).toBe('raw');
  expect(taken.sizeBytes).toBeLessThan(4096);
});
