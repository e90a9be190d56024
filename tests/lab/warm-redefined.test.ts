import { until } from '@ferry/lab';
import { LibvirtHypervisor } from '@ferry/hypervisor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectWritten } from './expect-written.ts';
import { WarmWorld } from './warm-world.ts';

const images = '/var/lib/libvirt/images';
let world: WarmWorld;

beforeAll(async () => {
  world = await WarmWorld.up('warmagain');
});
afterAll(() => world?.down());

/** Waits until a person is asked what to do, with these words. */
function asked(id: string, words: string): Promise<true> {
  return until(`somebody to be asked (${words})`, 120_000, async () => {
    const { phase } = await world.lab.client.migration(id);
    return phase.includes('ferry instance forget') && phase.includes(words) ? true : null;
  });
}

async function define(name: string, xml: string): Promise<void> {
  const write = 'cat >"$0"; virsh -q define "$0"';
  await world.source.execOk(['sh', '-ec', write, `/run/${name}.xml`], { input: xml });
}

test.each([
  ['raw', 'compute12'],
  ['overlay', 'compute13'],
] as const)(
  'ended, undefined and defined again as before the move, on a disk that is %s: what the guest wrote meanwhile is kept, and merged once its definition names it',
  { tags: 'thorough' },
  async (kind, to) => {
    const { source } = world;
    const name = `again-${kind}`;
    const guest = await world.writingGuest(name, kind);
    const before = await source.virsh('dumpxml', '--inactive', name);
    const id = await world.copying(guest, to);
    const records = await world.wrote(guest, 64);
    await source.virsh('destroy', name);
    await source.virsh('undefine', name);
    const overlay = `${images}/.${guest.diskPath.slice(images.length + 1)}.ferry-${id}.1`;
    await asked(id, overlay);
    const sum = await source.execOk(['sha256sum', overlay]);
    await define(name, before);
    await asked(id, `stands on ${guest.diskPath}`);
    expect(await source.execOk(['sha256sum', overlay])).toBe(sum);
    const named = before
      .replace(`file='${guest.diskPath}'`, `file='${overlay}'`)
      .replace(/(<disk type='file' device='disk'>\s*<driver name='qemu' type=)'raw'/, "$1'qcow2'");
    await define(name, named);
    await until('the overlay to be merged', 120_000, async () => {
      const free = (await world.lab.client.instance(name)).taskState === null;
      return free && !(await world.lab.hasFile('compute11', overlay)) ? true : null;
    });
    expect(await world.disksOf('compute11', name)).toContain(guest.diskPath);
    expect(await source.virsh('domstate', name)).toContain('shut off');
    await expectWritten(source, guest.diskPath, records);
    expect(await world.filesOf(to, name)).toEqual([]);
  },
);

test('an overlay is told for one that holds nothing until something is written to it or discarded in it, and a life from the next', {
  tags: 'thorough',
}, async () => {
  const { source } = world;
  const guest = await world.writingGuest('lives', 'raw');
  const hypervisor = new LibvirtHypervisor();
  const uri = `qemu+unix:///system?socket=${encodeURIComponent(source.socketPath)}`;
  const { overlays } = hypervisor.host(uri);
  try {
    const [id = ''] = (await source.virsh('domuuid', guest.name)).trim().split('\n');
    for (const [change, kept] of [
      ['write -P 7 1M 512', true],
      ['write -z 1M 64k', true],
      ['discard 1M 64k', true],
      ['read 1M 64k', false],
    ] as const) {
      const path = `${images}/lives-${change.split(' ', 2).join('')}.qcow2`;
      const make = [
        'qemu-img',
        'create',
        '-q',
        '-f',
        'qcow2',
        '-b',
        guest.diskPath,
        '-F',
        'raw',
        '-u',
        path,
        '64M',
      ];
      await source.execOk(make);
      expect(await overlays.holdsNothing(path)).toBe(true);
      await source.execOk(['qemu-io', '-f', 'qcow2', '-c', change, path]);
      expect([change, await overlays.holdsNothing(path)]).toEqual([change, !kept]);
    }
    expect(await overlays.holdsNothing(`${images}/none`)).toBe(true);
    expect(await overlays.holdsNothing(guest.diskPath)).toBe(false);
    const life = await overlays.life(id);
    expect(life).not.toBeNull();
    expect(await overlays.life(id)).toBe(life);
    await source.virsh('destroy', guest.name);
    expect(await overlays.life(id)).toBeNull();
    await source.virsh('start', guest.name);
    const next = await overlays.life(id);
    expect([null, life]).not.toContain(next);
  } finally {
    await hypervisor.close();
  }
});
