import type { MigrationBody, MoveBody } from '@ferry/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';
import { disk, drive, makeImage, putTiny } from './tiny-domain.ts';

let world: LabWorld;

beforeAll(async () => {
  world = await LabWorld.up('others', 2);
});
afterAll(() => world?.down());

async function moved(
  name: string,
  kind: 'live' | 'cold',
  host = 'compute12',
  more: Partial<MoveBody> = {},
): Promise<MigrationBody> {
  const end = await world.moved(name, kind, host, more);
  expect(end).toMatchObject({ error: null });
  return end;
}

test('a medium in the drives of two running guests stays for the other, which can start again; and home again', async () => {
  const here = world.host('compute11');
  const iso = await makeImage(here, 'debian.iso', { format: 'raw' });
  for (const name of ['i1', 'i2']) {
    const own = await makeImage(here, `${name}.qcow2`);
    await putTiny(here, { name, devices: disk(own) + drive(iso) }, 'start');
    await world.client.adoptInstance({ host: 'compute11', domain: name });
  }
  const end = await moved('i1', 'live');
  expect(end.kept).toMatchObject([{ host: 'compute11', path: iso }]);
  await here.virsh('destroy', 'i2');
  await here.virsh('start', 'i2');
  await moved('i2', 'cold');
  expect(await world.hasFile('compute12', iso)).toBe(true);
  await moved('i1', 'cold', 'compute11');
});

test('a template under a linked clone stays for it, whether it runs or is off, and by whatever name', async () => {
  const here = world.host('compute11');
  const template = await makeImage(here, 'tmpl.qcow2');
  const clone = await makeImage(here, 'clone.qcow2', { on: template });
  await putTiny(here, { name: 'tmpl', devices: disk(template) });
  await putTiny(here, { name: 'clone', devices: disk(clone) }, 'start');
  await world.client.adoptInstance({ host: 'compute11', domain: 'tmpl' });
  const report = await world.client.check('tmpl', { kind: 'cold-migration', host: 'compute12' });
  expect(report.findings.map(({ message }) => message).join()).toContain('clone on compute11 (running)');
  const end = await moved('tmpl', 'cold');
  expect(end.kept).toMatchObject([{ path: template, because: expect.stringContaining('clone') as string }]);
  await here.virsh('destroy', 'clone');
  await here.virsh('start', 'clone');

  // By a link in another directory, in a definition that is off.
  const linked = await makeImage(here, 'linked.qcow2');
  await here.execOk(['sh', '-ec', `mkdir -p /srv/links; ln -s ${linked} /srv/links/l.qcow2`]);
  await putTiny(here, { name: 'linked', devices: disk(linked) });
  await putTiny(here, { name: 'reader', devices: drive('/srv/links/l.qcow2') });
  await world.client.adoptInstance({ host: 'compute11', domain: 'linked' });
  expect((await moved('linked', 'cold')).kept).toMatchObject([
    { path: linked, because: expect.stringContaining('reader on compute11 (off)') as string },
  ]);
  expect(await world.hasFile('compute11', linked)).toBe(true);
});

test('a disk that another definition runs from, or has for its next start, is refused before anything', async () => {
  const here = world.host('compute11');
  const both = await makeImage(here, 'both.qcow2');
  await putTiny(here, { name: 'off', devices: disk(both) });
  await putTiny(here, { name: 'on', devices: disk(both) }, 'start');
  await world.client.adoptInstance({ host: 'compute11', domain: 'off' });
  const refused = {
    code: 'checks-failed',
    message: expect.stringContaining('on on compute11 (running)') as string,
  };
  await expect(world.move('off', 'cold', 'compute12')).rejects.toMatchObject(refused);
  expect((await here.virsh('domstate', 'on')).trim()).toBe('running');

  const next = await makeImage(here, 'next.qcow2');
  await putTiny(here, { name: 'owner', devices: disk(next) });
  await putTiny(here, { name: 'later' }, 'start');
  await here.virsh(
    'attach-disk',
    'later',
    next,
    'vdb',
    '--targetbus',
    'virtio',
    '--subdriver',
    'qcow2',
    '--config',
  );
  await world.client.adoptInstance({ host: 'compute11', domain: 'owner' });
  await expect(world.move('owner', 'cold', 'compute12')).rejects.toMatchObject({
    message: expect.stringContaining('later on compute11') as string,
  });
});

test('a domain that cannot be read and a medium that is gone hide and bar only themselves', async () => {
  const there = world.host('compute12');
  await putTiny(there, { name: '   ' });
  await putTiny(there, { name: 'seen' });
  const shown = await world.ferry.run('host', 'show', 'compute12');
  expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining('seen') as string });
  const own = await makeImage(there, 'odd.qcow2');
  await putTiny(there, {
    name: 'odd',
    devices: disk(own) + drive('/isos/gone.iso', " startupPolicy='optional'"),
  });
  await world.client.adoptInstance({ host: 'compute12', domain: 'odd' });
  await moved('odd', 'cold', 'compute11');
  await world.host('compute11').virsh('start', 'odd');
});
