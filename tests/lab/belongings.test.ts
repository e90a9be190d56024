import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

const images = '/var/lib/libvirt/images';
const shared = '/var/lib/libvirt/shared';
// Any program in flash boots a guest whose kernel is named, and any file is one of variables.
const firmware = '/usr/share/seabios/bios-256k.bin';
const template = '/usr/share/seabios/bios.bin';
let world: LabWorld;

beforeAll(async () => {
  world = await LabWorld.up('belongings', 2);
});
afterAll(() => world?.down());

function shell(host: string, command: string): Promise<string> {
  return world.host(host).execOk(['sh', '-ec', command]);
}

/** Changes a definition by sed. */
function redefine(name: string, ...edits: string[]): Promise<string> {
  const options = edits.map((edit) => `-e "${edit}"`).join(' ');
  return shell(
    'compute11',
    `virsh -q dumpxml --inactive ${name} | sed ${options} > /run/${name}.xml && virsh -q define /run/${name}.xml`,
  );
}

async function obstacles(name: string, kind: 'live' | 'cold'): Promise<string[]> {
  const { findings } = await world.client.check(name, { kind: `${kind}-migration`, host: 'compute12' });
  return findings
    .filter(({ severity }) => severity === 'error')
    .map(({ code, compared }) => String(compared['obstacle'] ?? compared['element'] ?? code));
}

test("the firmware's variables go with a live move and bar no way home", async () => {
  const guest = await world.lab.createGuest({
    name: 'flash',
    host: world.host('compute11'),
    storage: 'shared',
    off: true,
  });
  const variables = `${images}/flash.fd`;
  const os = `<loader readonly='yes' type='pflash'>${firmware}</loader><nvram template='${template}' type='file'><source file='${variables}'/></nvram>`;
  await redefine('flash', `s#</type>#</type>${os}#`);
  await world.host('compute11').virsh('start', 'flash');
  await guest.waitAlive();
  await world.client.adoptInstance({ host: 'compute11', domain: 'flash' });
  await shell('compute11', `printf changed | dd of=${variables} conv=notrunc 2>&1`);
  expect(await world.moved('flash', 'live', 'compute12')).toMatchObject({ status: 'completed', error: null });
  await guest.waitAlive();
  expect(await world.hasFile('compute12', variables)).toBe(true);
  expect(await world.hasFile('compute11', variables)).toBe(false);
  expect(await world.moved('flash', 'cold', 'compute11')).toMatchObject({ status: 'confirmed', error: null });
  expect(await world.hasFile('compute11', variables)).toBe(true);
  expect(await world.hasFile('compute12', variables)).toBe(false);
  await world.host('compute11').virsh('destroy', 'flash');
});

test('what only an image knows: its data in another file comes along, snapshots and bitmaps are told', async () => {
  const guest = await world.lab.createGuest({
    name: 'split',
    host: world.host('compute11'),
    disk: 'raw',
    off: true,
  });
  const [top, data] = [`${images}/split-top.qcow2`, `${images}/split-top.data`];
  await shell(
    'compute11',
    `qemu-img create -q -f qcow2 -o data_file=${data},data_file_raw=on ${top} 4M && printf guest-data | dd of=${data} conv=notrunc 2>&1`,
  );
  await redefine('split', `s#${guest.diskPath}#${top}#`, "s#type='raw'#type='qcow2'#");
  await world.client.adoptInstance({ host: 'compute11', domain: 'split' });
  expect(await obstacles('split', 'cold')).toEqual([]);
  expect(await world.moved('split', 'cold', 'compute12')).toMatchObject({ status: 'confirmed', error: null });
  expect(await shell('compute12', `head -c 10 ${data}`)).toBe('guest-data');
  expect(await world.hasFile('compute11', data)).toBe(false);

  const golden = await world.guest({ name: 'golden', host: 'compute11', disk: 'standalone', off: true });
  await shell(
    'compute11',
    `qemu-img snapshot -c golden ${golden.diskPath} && qemu-img bitmap --add ${golden.diskPath} daily`,
  );
  await world.host('compute11').virsh('start', 'golden');
  await golden.waitAlive();
  expect(await obstacles('golden', 'live')).toContain('inside-lost');
  await world.host('compute11').virsh('destroy', 'golden');
  expect(await obstacles('golden', 'cold')).toEqual([]);
});

test('a link in the shared directory is judged by where it leads', async () => {
  const guest = await world.lab.createGuest({
    name: 'linked',
    host: world.host('compute11'),
    disk: 'standalone',
    off: true,
  });
  const link = `${shared}/linked.qcow2`;
  await shell('compute11', `ln -s ${guest.diskPath} ${link}`);
  await shell('compute12', `qemu-img create -q -f qcow2 ${guest.diskPath} 1M`);
  await redefine('linked', `s#${guest.diskPath}#${link}#`);
  await world.client.adoptInstance({ host: 'compute11', domain: 'linked' });
  expect(await obstacles('linked', 'cold')).toContain('link');
  await shell('compute12', `rm ${guest.diskPath}`);
  expect(await obstacles('linked', 'cold')).toContain('link');
});

test('devices and files of the host are compared with those of the target', async () => {
  await world.guest({ name: 'named', host: 'compute11', storage: 'shared', off: true });
  const devices = [
    "<serial type='pipe'><source path='/run/pipe-of-11'/></serial>",
    "<graphics type='vnc' port='5931' autoport='no' listen='127.0.0.1'/>",
    "<filesystem type='mount' accessmode='mapped'><source dir='/srv/share'/><target dir='data'/></filesystem>",
    "<interface type='user'><rom file='/srv/opt.rom'/></interface>",
  ];
  await shell('compute11', 'mkdir -p /srv/share && date > /srv/share/a && echo rom > /srv/opt.rom');
  await shell('compute12', 'mkdir -p /srv/share');
  await redefine('named', `s#</devices>#${devices.join('')}</devices>#`);
  expect(await obstacles('named', 'cold')).toEqual([
    'devices/filesystem/source/@dir',
    'devices/interface/rom/@file',
    'devices/serial/source/@path',
  ]);
  const report = await world.client.check('named', { kind: 'cold-migration', host: 'compute12' });
  const screen = report.findings.find(({ compared }) => compared['element'] === 'devices/graphics/@port');
  expect(screen).toMatchObject({ severity: 'ok' });
  await shell('compute12', 'mkfifo /run/pipe-of-11 && echo rom > /srv/opt.rom');
  const accept = ['devices/filesystem/source/@dir=/srv/share'];
  const accepted = await world.client.check('named', { kind: 'cold-migration', host: 'compute12', accept });
  expect(accepted.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
});
