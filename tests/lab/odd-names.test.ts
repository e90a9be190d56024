import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

const images = '/var/lib/libvirt/images';
let world: LabWorld;

beforeAll(async () => {
  world = await LabWorld.up('oddnames', 2);
});
afterAll(() => world?.down());

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll("'", '&apos;').replaceAll('"', '&quot;');

/** What each host has in its directory of images, but for the base. */
async function files(host: string): Promise<string[]> {
  const listed = await world.host(host).execOk(['find', images, '-type', 'f', '-printf', '%f\\0']);
  return listed.split('\0').filter((name) => name !== '' && !name.startsWith('base'));
}

test.each([
  [
    'with everything that a shell, a URI and QEMU take for a sign',
    `we b,a=b & "c" 'd' <e> %20 # ? $(x) ; é ü 用`,
  ],
  ['as JSON of QEMU begins', 'json:{"driver":"raw"}'],
  ['that begins with a dash', '-drive file=x'],
  ['that is as long as a file can be called', 'l'.repeat(255 - '.qcow2'.length)],
])(
  'a guest whose name and file are called so goes live and comes home cold: %s',
  { tags: 'thorough' },
  async (_, odd) => {
    const source = world.host('compute11');
    const plain = `odd${odd.length}`;
    const guest = await world.lab.createGuest({ name: plain, host: source, disk: 'standalone', off: true });
    const [name, path] = [odd.replaceAll('/', '').slice(0, 60), `${images}/${odd}.qcow2`];
    await source.execOk(['mv', '--', guest.diskPath, path]);
    const xml = (await source.virsh('dumpxml', '--inactive', plain))
      .replace(guest.diskPath, () => escaped(path))
      .replace(`<name>${plain}</name>`, () => `<name>${escaped(name)}</name>`);
    await source.virsh('undefine', plain);
    await source.execOk(['sh', '-ec', 'cat > /run/odd.xml && virsh -q define /run/odd.xml'], { input: xml });
    const id = /<uuid>([^<]*)/.exec(xml)?.[1] ?? '';
    await source.virsh('start', id);
    await world.client.adoptInstance({ host: 'compute11', domain: id });
    expect(await world.client.instance(id)).toMatchObject({ name });

    expect(await world.moved(id, 'live', 'compute12')).toMatchObject({ status: 'completed', error: null });
    expect(await files('compute12')).toEqual([`${odd}.qcow2`]);
    expect(await files('compute11')).toEqual([]);
    expect(await world.moved(id, 'cold', 'compute11')).toMatchObject({ status: 'confirmed', error: null });
    expect(await files('compute11')).toEqual([`${odd}.qcow2`]);
    expect(await files('compute12')).toEqual([]);
    await source.virsh('destroy', id);
    await source.virsh('undefine', id);
    await source.execOk(['rm', '--', path]);
  },
);
