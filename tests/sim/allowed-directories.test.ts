import { expect, test } from 'vitest';
import { runFerry } from './run-ferry.ts';
import { Stage } from './world.ts';

const cold = { kind: 'cold-migration', host: 'compute12', shutdownTimeoutMs: 0 } as const;

/** Files of a host in a directory, by name. */
function inside(stage: Stage, host: string, directory: string): string[] {
  return [...(stage.world.host(host).directories.get(directory)?.keys() ?? [])];
}

/** Calls of the hosts since a length of the list, that touch a file or look at one. */
function touched(stage: Stage, from: number, host: string): string[] {
  const harmless = ['storage.inUse'];
  return stage.world.faults.calls
    .slice(from)
    .filter((one) => one.startsWith(`${host} storage.`) && !harmless.some((name) => one.endsWith(name)));
}

test('an operator cannot have a file written into a directory of the system, nor into one that nobody allowed', async () => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web', directory: '/images' });
  const { directories } = stage.world.host('compute12');
  directories.set('/etc/profile.d', new Map()).set('/srv', new Map());
  const before = stage.hosts();
  const from = stage.world.faults.calls.length;
  const client = stage.client('operator');
  const disk = stage.files('compute11').find((path) => path.includes('web')) ?? '';
  const pathMap = { [disk]: '/etc/profile.d/x.sh', '/images': '/srv' };
  const asked = await client.migrate('web', { ...cold, pathMap }).catch((error: unknown) => error);
  const { findings } = await client.check('web', { ...cold, pathMap });
  const errors = findings.filter(({ code }) => code === 'directory-allowed');
  expect(errors.map(({ severity }) => severity)).toEqual(['error', 'error']);
  expect(errors[0]).toMatchObject({
    compared: { host: 'compute12', path: '/etc/profile.d/x.sh', directory: '/etc/profile.d' },
    remedy: expect.stringContaining('Nobody can allow that directory'),
  });
  expect(errors[1]).toMatchObject({
    compared: { path: '/srv/base.qcow2', directory: '/srv', allowed: expect.stringContaining('/images') },
    remedy: expect.stringContaining('ferry host set compute12 --allow-directory /srv'),
  });
  expect(asked).toMatchObject({ code: 'checks-failed' });
  // Nothing was put there, listed there, or looked for.
  expect(touched(stage, from, 'compute12')).toEqual([]);
  expect(stage.hosts()).toEqual(before);
  expect(stage.world.runners(id)).toEqual(['compute11']);
});

test('an admin allows a directory, with what is below; an operator does not', async () => {
  await using stage = await Stage.open();
  await stage.guest({ name: 'web', directory: '/images' });
  stage.world.host('compute12').directories.set('/srv/vms', new Map());
  const pathMap = { '/images': '/srv/vms' };
  const set = { allowedDirectories: ['/srv/', '/srv'] };
  await expect(stage.client('operator').setHost('compute12', set)).rejects.toMatchObject({ status: 403 });
  expect(await stage.client().setHost('compute12', set)).toMatchObject({ allowedDirectories: ['/srv'] });
  const { id } = await stage.client('operator').migrate('web', { ...cold, pathMap });
  expect(await stage.over(id)).toMatchObject({ status: 'confirmed', error: null });
  expect(inside(stage, 'compute12', '/srv/vms').toSorted()).toEqual(['base.qcow2', 'web-1.qcow2']);
});

test('by command: set, shown, taken back', async () => {
  await using stage = await Stage.open();
  const directories = ['--allow-directory', '/srv', '--allow-directory', '/mnt/vms'];
  const set = await runFerry(stage, ['host', 'set', 'compute12', ...directories]);
  expect(set.code).toBe(0);
  const shown = await runFerry(stage, ['host', 'show', 'compute12']);
  expect(shown.out).toMatch(/allowed there\s+files of guests in \/mnt\/vms, \/srv/);
  const bad = await runFerry(stage, ['host', 'set', 'compute12', '--allow-directory', '/etc']);
  expect(bad.err).toContain('/etc belongs to the system of the host');
  await runFerry(stage, ['host', 'set', 'compute12', '--no-allow-directory']);
  expect((await stage.client().host('compute12')).host.allowedDirectories).toEqual([]);
});

test('all directories of the system that an admin names are refused at once, and nothing is set', async () => {
  await using stage = await Stage.open();
  const asked = stage.client().setHost('compute12', {
    allowedDirectories: ['/srv', '/usr/share', '/home/ann/.ssh'],
    imageDirectory: '/etc/libvirt',
    pathMap: { '/images': '/srv/../root' },
  });
  const error: unknown = await asked.catch((one: unknown) => one);
  for (const what of ['/usr/share', '/home/ann/.ssh', '/etc/libvirt', '/srv/../root'])
    expect(error).toMatchObject({ message: expect.stringContaining(what) });
  const { host } = await stage.client().host('compute12');
  expect(host).toMatchObject({ allowedDirectories: [], imageDirectory: null, storage: { paths: {} } });
});

test('the same path on the target must be allowed there, too', async () => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web', directory: '/images' });
  const source = stage.world.host('compute11');
  for (const host of ['compute11', 'compute12']) stage.world.host(host).directories.set('/odd', new Map());
  const files = source.directories.get('/images');
  for (const [name, file] of files ?? [])
    source.directories.get('/odd')?.set(name, {
      ...file,
      backing: file.backing === null ? null : { ...file.backing, path: '/odd/base.qcow2' },
    });
  const domain = source.domains.get(id);
  if (domain === undefined) throw new Error('there is no such guest');
  domain.xml = domain.xml.replaceAll('/images/', '/odd/');
  const findings = async (): Promise<string[]> =>
    (await stage.client().check('web', cold)).findings
      .filter(({ code, severity }) => code === 'directory-allowed' && severity === 'error')
      .map(({ compared }) => `${compared['host']} ${compared['path']}`);
  expect(await findings()).toEqual(['compute12 /odd/web-1.qcow2', 'compute12 /odd/base.qcow2']);
  await stage.client().setHost('compute12', { allowedDirectories: ['/odd'] });
  expect(await findings()).toEqual([]);
  const { id: move } = await stage.client('operator').migrate('web', cold);
  expect(await stage.over(move)).toMatchObject({ status: 'confirmed', error: null });
  await stage.quiet();
  // What it left at the source, where no guest is any more, is cleaned up all the same.
  expect(inside(stage, 'compute11', '/odd')).toEqual(['base.qcow2']);
});

test('what the header of an image names outside of allowed directories is refused, and not read', async () => {
  await using stage = await Stage.open();
  await stage.guest({ name: 'web', directory: '/images', state: 'shutoff' });
  const { directories } = stage.world.host('compute11');
  const secret = { format: 'raw', capacityBytes: 1024, backing: null, owner: null, content: 'of others' };
  directories.set('/secret', new Map([['others.raw', secret]]));
  const name = 'web-1.qcow2';
  const disk = directories.get('/images')?.get(name);
  if (disk === undefined) throw new Error('there is no such disk');
  directories.get('/images')?.set(name, { ...disk, backing: { path: '/secret/others.raw', format: 'raw' } });
  const { possible, findings } = await stage.client().check('web', cold);
  expect(possible).toBe(false);
  const errors = findings.filter(
    ({ code, severity }) => code === 'directory-allowed' && severity === 'error',
  );
  expect(errors).toMatchObject([
    { compared: { host: 'compute11', path: '/secret/others.raw' } },
    { compared: { host: 'compute12', path: '/secret/others.raw' } },
  ]);
  expect(stage.files('compute12')).toEqual([]);
});
