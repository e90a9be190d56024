import type { MigrationBody } from '@ferry/api';
import { type LabGuest, until } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

const images = '/var/lib/libvirt/images';
// Any program in flash boots a guest whose kernel is named, and any file is one of variables.
const firmware = '/usr/share/seabios/bios-256k.bin';
const template = '/usr/share/seabios/bios.bin';
const slowly = { bandwidthBytesPerSecond: 4 * 1024 * 1024 };
let world: LabWorld;

beforeAll(async () => {
  world = await LabWorld.up('undefined', 2);
});
afterAll(() => world?.down());

function off(name: string): Promise<true> {
  return until('it to be off', 120_000, async () => {
    const { stdout } = await world.host('compute11').exec(['virsh', '-q', 'domstate', name]);
    return stdout.includes('shut off') || null;
  });
}

/** A guest whose firmware has variables of its own, which know something. */
async function flashGuest(name: string, disk: 'overlay' | 'standalone'): Promise<LabGuest> {
  const here = world.host('compute11');
  const guest = await world.lab.createGuest({ name, host: here, disk, off: true });
  const os = `<loader readonly='yes' type='pflash'>${firmware}</loader><nvram template='${template}'>${variables(name)}</nvram>`;
  const define = `virsh -q dumpxml --inactive ${name} | sed "s#</type>#</type>${os}#" >/run/${name}.xml; virsh -q define /run/${name}.xml`;
  await here.execOk(['sh', '-ec', define]);
  await here.virsh('start', name);
  await guest.waitAlive();
  const change = `printf 'second disk' | dd of=${variables(name)} conv=notrunc 2>&1`;
  await here.execOk(['sh', '-ec', change]);
  await world.client.adoptInstance({ host: 'compute11', domain: name });
  return guest;
}

function variables(name: string): string {
  return `${images}/${name}.fd`;
}

function known(name: string): Promise<string> {
  return world.host('compute11').execOk(['head', '-c', '11', variables(name)]);
}

/** Waits until a person is asked what to do, after its end where that is told first. */
function asked(id: string): Promise<MigrationBody> {
  return until('somebody to be asked', 120_000, async () => {
    const migration = await world.client.migration(id);
    return migration.phase.includes('ferry instance forget') ? migration : null;
  });
}

function takenBack(name: string): Promise<true> {
  return until('it to be taken back', 120_000, async () => {
    const free = (await world.client.instance(name)).taskState === null;
    const gone =
      !(await world.defines('compute12', name)) && !(await world.hasFile('compute12', variables(name)));
    return free && gone ? true : null;
  });
}

/** As a person does who was told where the copy is. */
async function bringBack(path: string): Promise<void> {
  const [from, to] = ['compute12', 'compute11'].map((host) => world.host(host));
  const content = await from?.execOk(['base64', path]);
  const write = 'base64 -d > "$0"; chown libvirt-qemu:libvirt-qemu "$0"';
  await to?.execOk(['sh', '-ec', write, path], { input: content ?? '' });
}

test.each([
  ['its variables', ['--nvram'], 'nvram'],
  ['its variables and its disk', ['--nvram', '--remove-all-storage'], 'storage'],
])(
  'undefined with %s while it is copied: nothing starts without them, the copy is offered, and counts once it is back',
  { tags: 'thorough' },
  async (_, how, name) => {
    const guest = await flashGuest(name, 'standalone');
    const here = world.host('compute11');
    const { id } = await world.move(name, 'cold', 'compute12', slowly);
    await world.waitFor(id, 'copying', (one) =>
      one.copies.some(({ path, state }) => path === variables(name) && state === 'done'),
    );
    await here.virsh('undefine', name, ...how);
    expect(await world.hasFile('compute11', variables(name))).toBe(false);
    const { phase } = await asked(id);
    expect(phase).toContain(`${variables(name)} is gone from compute11`);
    expect(phase).toContain(`compute12:${variables(name)}`);
    expect(await world.defines('compute11', name)).toBe(false);
    const isDiskGone = how.includes('--remove-all-storage');
    expect(phase.includes(`${guest.diskPath} is gone from compute11`)).toBe(isDiskGone);
    if (isDiskGone) await here.execOk(['cp', '--sparse=always', '/lab/base.qcow2', guest.diskPath]);
    await bringBack(variables(name));
    await takenBack(name);
    await guest.waitAlive();
    expect(await world.lab.runners(name)).toEqual(['compute11']);
    expect(await known(name)).toBe('second disk');
    await here.virsh('destroy', name);
  },
);

test('undefined with its variables while it still runs: it is not powered off, and runs on', {
  tags: 'thorough',
}, async () => {
  const name = 'alive';
  const guest = await flashGuest(name, 'overlay');
  const { id: boot } = await guest.waitAlive();
  const here = world.host('compute11');
  const { id } = await world.move(name, 'cold', 'compute12', slowly);
  await world.waitFor(id, 'copying its base', (one) => (one.progress?.diskBytes ?? 0) > 0);
  await here.virsh('undefine', name, '--nvram');
  expect(await world.hasFile('compute11', variables(name))).toBe(false);
  const { error } = await world.ended(id);
  expect(error?.message).toContain(`${variables(name)} is gone from compute11`);
  await asked(id);
  expect(await guest.waitAlive()).toMatchObject({ id: boot });
  await here.execOk([
    'sh',
    '-ec',
    `virsh dumpxml ${name} >/run/${name}.xml; virsh -q define /run/${name}.xml`,
  ]);
  await takenBack(name);
  expect(await guest.waitAlive()).toMatchObject({ id: boot });
  await here.virsh('destroy', name);
});

test('a guest that somebody undefines while it is copied cold is defined again, and runs where it was', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({ name: 'web', host: 'compute11' });
  await guest.waitAlive();
  const here = world.host('compute11');
  await here.virsh('autostart', 'web');
  const before = await here.virsh('dumpxml', '--inactive', 'web');
  const { id } = await world.move('web', 'cold', 'compute12', slowly);
  await off('web');
  await here.virsh('undefine', 'web', '--nvram');
  expect(await world.ended(id)).toMatchObject({ status: 'error' });
  await until('it to be taken back', 60_000, async () =>
    (await world.client.instance('web')).taskState === null && !(await world.defines('compute12', 'web'))
      ? true
      : null,
  );
  await guest.waitAlive();
  expect(await world.lab.runners('web')).toEqual(['compute11']);
  expect(await here.virsh('dumpxml', '--inactive', 'web')).toBe(before);
  expect(await here.virsh('dominfo', 'web')).toMatch(/Autostart:\s+enable/);
  expect(await world.hasFile('compute12', guest.diskPath)).toBe(false);
});
