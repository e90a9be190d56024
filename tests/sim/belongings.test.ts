import type { MoveBody } from '@ferry/api';
import type { SimulatedDirectory } from '@ferry/hypervisor/simulated';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runFerry } from './run-ferry.ts';
import { Stage } from './world.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

const live: MoveBody = { kind: 'live-migration', host: 'compute12' };
const cold: MoveBody = { kind: 'cold-migration', host: 'compute12' };

interface Guest {
  readonly id: string;
  readonly disk: string;
  change(edit: (xml: string) => string): void;
  changeNext(edit: (xml: string) => string): void;
}

async function guest(
  name: string,
  state: 'running' | 'shutoff' = 'running',
  directory: '/images' | '/shared' = '/images',
): Promise<Guest> {
  const id = await stage.guest({ name, state, directory });
  const domain = stage.world.host('compute11').domains.get(id);
  if (domain === undefined) throw new Error('it is not there');
  return {
    id,
    disk: /source file='([^']*)'/.exec(domain.xml)?.[1] ?? '',
    change: (edit) => {
      domain.xml = edit(domain.xml);
    },
    changeNext: (edit) => {
      domain.nextXml = edit(domain.nextXml ?? domain.xml);
    },
  };
}

function images(host: string, directory = '/images'): SimulatedDirectory {
  const found = stage.world.host(host).directories.get(directory);
  if (found === undefined) throw new Error(`no ${directory} on ${host}`);
  return found;
}

function put(host: string, name: string, content: string, directory = '/images'): void {
  images(host, directory).set(name, {
    format: 'raw',
    capacityBytes: 64,
    backing: null,
    owner: null,
    content,
  });
}

function where(name: string): string[] {
  return ['compute11', 'compute12'].filter((host) => images(host).has(name));
}

async function move(name: string, body: MoveBody): Promise<string> {
  const { id } = await stage.client().migrate(name, body);
  const { status } = await stage.over(id);
  await stage.quiet();
  return status;
}

/** Errors of a check, by code, with the obstacle where there is one. */
async function errors(name: string, body: MoveBody): Promise<string[]> {
  const { findings } = await stage.client().check(name, body);
  return findings
    .filter(({ severity }) => severity === 'error')
    .map(({ code, compared }) => [code, compared['obstacle']].filter((word) => word !== undefined).join(' '));
}

const inOs = (text: string) => (xml: string) => xml.replace('</os>', `${text}</os>`);
const inDevices = (text: string) => (xml: string) => xml.replace('</devices>', `${text}</devices>`);
const disk = (path: string, target: string): string =>
  `<disk type='file' device='disk'><driver type='raw'/><source file='${path}'/><target dev='${target}'/></disk>`;

describe("the firmware's variables", () => {
  test.each([
    ['as a path', '<nvram>/images/FILE</nvram>'],
    ['as a source', "<nvram template='/t.fd' type='file'><source file='/images/FILE'/></nvram>"],
  ])('%s come along cold, and live, and bar no way back', async (how, xml) => {
    const file = `${how.replaceAll(' ', '-')}.fd`;
    const name = `firm-${file}`;
    put('compute11', file, 'variables');
    const one = await guest(name);
    one.change(inOs(xml.replace('FILE', file)));
    expect(await move(name, live)).toBe('completed');
    expect(where(file)).toEqual(['compute12']);
    expect(images('compute12').get(file)?.content).toBe('variables');
    expect(await move(name, { ...cold, host: 'compute11' })).toBe('confirmed');
    expect(where(file)).toEqual(['compute11']);
  });

  test("of somebody else's at that path on the target refuse a live move: the hypervisor would write into them", async () => {
    put('compute11', 'mine.fd', 'mine');
    put('compute12', 'mine.fd', 'theirs');
    (await guest('taken')).change(inOs('<nvram>/images/mine.fd</nvram>'));
    expect(await errors('taken', live)).toContain('storage-present path-taken');
    expect(images('compute12').get('mine.fd')?.content).toBe('theirs');
  });

  test('are taken away from the target when a live move fails', async () => {
    put('compute11', 'back.fd', 'variables');
    (await guest('comes-back')).change(inOs('<nvram>/images/back.fd</nvram>'));
    stage.world.faults.plan('compute12', 'migration.finish', 'refuse');
    expect(await move('comes-back', live)).toBe('failed');
    expect(where('back.fd')).toEqual(['compute11']);
  });
});

describe('what an image keeps elsewhere or beside its disk', () => {
  test('the data file of a qcow2 comes along cold; live it refuses', async () => {
    const one = await guest('split', 'running');
    const file = images('compute11').get(one.disk.slice('/images/'.length));
    put('compute11', 'split.data', 'the data');
    if (file !== undefined) file.inside = { dataFile: 'split.data' };
    expect(await errors('split', live)).toContain('storage-present data-file');
    expect(await move('split', cold)).toBe('confirmed');
    expect(where('split.data')).toEqual(['compute12']);
  });

  test('snapshots and bitmaps in the image refuse a live copy, and come along cold', async () => {
    const one = await guest('golden');
    const file = images('compute11').get(one.disk.slice('/images/'.length));
    if (file !== undefined) file.inside = { snapshots: 1, bitmaps: 1 };
    expect(await errors('golden', live)).toEqual(['storage-present inside-lost']);
    expect(await errors('golden', cold)).toEqual([]);
  });

  test('an image of several files is not copied', async () => {
    const one = await guest('pieces', 'shutoff');
    const file = images('compute11').get(one.disk.slice('/images/'.length));
    if (file !== undefined) file.inside = { extents: ['a-s001.vmdk', 'a-s002.vmdk'] };
    expect(await errors('pieces', cold)).toEqual(['storage-present several-files']);
  });
});

test('a chain of its own that stays at the source is said, and can be taken away from its top', async () => {
  const one = await guest('chain');
  const top = images('compute11').get(one.disk.slice('/images/'.length));
  for (const [below, name] of [
    ['base.qcow2', 'ch-1.qcow2'],
    ['ch-1.qcow2', 'ch-2.qcow2'],
  ] as const)
    images('compute11').set(name, {
      format: 'qcow2',
      capacityBytes: 64 * 1024 * 1024,
      backing: { path: `/images/${below}`, format: 'qcow2' },
      owner: null,
      content: name,
    });
  if (top === undefined) throw new Error('it is not there');
  images('compute11').set(one.disk.slice('/images/'.length), {
    ...top,
    backing: { path: '/images/ch-2.qcow2', format: 'qcow2' },
  });
  const { findings } = await stage.client().check('chain', cold);
  const said = findings.find(({ severity, code }) => severity === 'info' && code === 'storage-present');
  expect(said?.message).toContain('/images/ch-2.qcow2, /images/ch-1.qcow2');
  expect(await move('chain', cold)).toBe('confirmed');
  const remove = (path: string) => runFerry(stage, ['image', 'remove', path, '--host', 'compute11']);
  expect((await remove('/images/ch-1.qcow2')).code).not.toBe(0);
  expect((await remove('/images/ch-2.qcow2')).code).toBe(0);
  expect((await remove('/images/ch-1.qcow2')).code).toBe(0);
  expect([where('ch-1.qcow2'), where('ch-2.qcow2')]).toEqual([['compute12'], ['compute12']]);
});

describe('disks of another moment', () => {
  test('one that only the definition has is brought, live and cold', async () => {
    put('compute11', 'later.img', 'for later');
    (await guest('planned')).changeNext(inDevices(disk('/images/later.img', 'vdb')));
    expect(await move('planned', live)).toBe('completed');
    expect(images('compute12').get('later.img')?.content).toBe('for later');
    expect(where('later.img')).toEqual(['compute12']);

    put('compute11', 'later2.img', 'for later');
    (await guest('planned-cold')).changeNext(inDevices(disk('/images/later2.img', 'vdb')));
    expect(await move('planned-cold', cold)).toBe('confirmed');
    expect(where('later2.img')).toEqual(['compute12']);
  });

  test('one that only the life now has refuses a cold move', async () => {
    put('compute11', 'now.img', 'for now');
    const one = await guest('hotplugged');
    one.changeNext((xml) => xml);
    one.change(inDevices(disk('/images/now.img', 'vdb')));
    expect(await errors('hotplugged', cold)).toEqual(['extras-carried']);
  });
});

test('memory that is kept in a file comes along cold, and refuses live', async () => {
  put('compute11', 'pmem.img', 'what it kept');
  put('compute11', 'crashes.raw', 'oops');
  const both =
    "<memory model='virtio-pmem'><source><path>/images/pmem.img</path></source></memory><pstore backend='acpi-erst'><path>/images/crashes.raw</path></pstore>";
  (await guest('keeps')).change(inDevices(both));
  expect(await errors('keeps', live)).toEqual(['domain-elements', 'domain-elements']);
  expect(await move('keeps', cold)).toBe('confirmed');
  expect([where('pmem.img'), where('crashes.raw')]).toEqual([['compute12'], ['compute12']]);
});

test('a name in a shared directory that leads to another file on the target is no shared disk', async () => {
  const one = await guest('linked', 'shutoff', '/shared');
  const name = one.disk.slice('/shared/'.length);
  // As a link does: the same directory, in which the name is another file on each host.
  const mine = images('compute11', '/shared');
  const theirs: SimulatedDirectory = new Map(mine);
  Object.assign(theirs, { set: mine.set.bind(mine) });
  const file = mine.get(name);
  if (file === undefined) throw new Error('it is not there');
  const get = (key: string) => (key === name ? { ...file, content: "somebody else's" } : mine.get(key));
  const seen = new Proxy(mine, {
    get: (target, key) => {
      if (key === 'get') return get;
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  stage.world.host('compute12').directories.set('/shared', seen);
  expect(await errors('linked', cold)).toContain('storage-present link');
  stage.world.host('compute12').directories.set('/shared', mine);
  expect(await errors('linked', cold)).toEqual([]);
});
