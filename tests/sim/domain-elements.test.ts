import type { MoveBody } from '@ferry/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Stage } from './world.ts';
import { runFerry } from './run-ferry.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

const live: MoveBody = { kind: 'live-migration', host: 'compute12' };
const cold: MoveBody = { kind: 'cold-migration', host: 'compute12' };

/** A guest with one more part of its definition, and another one for its next start. */
async function guestWith(name: string, device: string, next?: string): Promise<string> {
  const id = await stage.guest({ name, directory: '/shared' });
  const domain = stage.world.host('compute11').domains.get(id);
  if (domain === undefined) throw new Error('it is not there');
  const plain = domain.xml;
  domain.xml = plain.replace('</devices>', `${device}</devices>`);
  if (next !== undefined) domain.nextXml = plain.replace('</devices>', `${next}</devices>`);
  return id;
}

/** What is found of its elements, by severity and the element. */
async function findings(name: string, move: MoveBody): Promise<string[]> {
  const report = await stage.client().check(name, move);
  return report.findings
    .filter(({ code }) => code === 'domain-elements')
    .map(({ severity, compared }) => `${severity} ${String(compared['element'] ?? '')}`.trim());
}

describe('what a guest names of its host', () => {
  test('a device that the target cannot give refuses the move, and is told with what the hypervisor says', async () => {
    await guestWith('chance', "<rng model='virtio'><backend model='random'>/dev/hwrng</backend></rng>");
    expect(await findings('chance', live)).toEqual(['ok devices/rng/backend', 'ok']);
    stage.world.host('compute12').refusedDevices.set('/dev/hwrng', 'No such file: /dev/hwrng');
    expect(await findings('chance', live)).toEqual(['error devices/rng/backend']);
    const report = await stage.client().check('chance', live);
    const [found] = report.findings.filter(({ code }) => code === 'domain-elements');
    expect(found?.compared).toMatchObject({ refusal: 'No such file: /dev/hwrng' });
    expect(report.possible).toBe(false);
  });

  test('what nobody can compare takes an operator, through the API and on the command line, and is then moved', async () => {
    const id = await guestWith(
      'served',
      "<interface type='vhostuser'><source type='unix' path='/run/v.sock'/></interface>",
    );
    expect(await findings('served', live)).toEqual([
      'error devices/interface/@type',
      'error devices/interface/source/@path',
    ]);
    await expect(stage.client().migrate('served', live)).rejects.toMatchObject({ code: 'checks-failed' });
    const accept = ['devices/interface/@type', 'devices/interface/source/@path=/run/v.sock'];
    expect((await stage.client().check('served', { ...live, accept })).possible).toBe(true);
    const words = accept.flatMap((word) => ['--accept', word]);
    const moved = await runFerry(stage, [
      'live-migrate',
      'served',
      'compute12',
      ...words,
      '--wait',
      '-o',
      'json',
    ]);
    expect(moved.code).toBe(0);
    expect(stage.world.runners(id)).toEqual(['compute12']);
  });

  test('a TPM of the host itself does not move live, whatever is accepted', async () => {
    await guestWith('sealed', "<tpm><backend type='passthrough'><device path='/dev/tpm0'/></backend></tpm>");
    const accept = ['devices/tpm/backend/@type', 'devices/tpm/backend/device/@path'];
    expect(await findings('sealed', { ...live, accept })).toEqual([
      'error devices/tpm/backend/@type',
      'error devices/tpm/backend/device/@path',
    ]);
    expect(await findings('sealed', { ...cold, accept })).toEqual([
      'warning devices/tpm/backend/@type',
      'ok devices/tpm/backend/device/@path',
    ]);
  });

  test('the definition for its next start counts for a live move, too', async () => {
    await guestWith('later', '', "<graphics type='sdl'/>");
    expect(await findings('later', live)).toEqual(['error devices/graphics/@type']);
  });

  test('files and directories are compared with those of the target', async () => {
    const file = { format: 'raw', capacityBytes: 1, backing: null, owner: null };
    const [here, there] = ['compute11', 'compute12'].map((name) =>
      stage.world.host(name).directories.get('/images'),
    );
    here?.set('opt.rom', { ...file, content: 'rom 1' });
    await stage.client().setHost('compute12', { allowedDirectories: ['/logs'] });
    await guestWith(
      'filed',
      "<interface type='user'><rom file='/images/opt.rom'/></interface><serial type='file'><source path='/logs/serial'/></serial>",
    );
    const rom = 'devices/interface/rom/@file';
    const log = 'error devices/serial/source/@path';
    expect(await findings('filed', cold)).toEqual([`error ${rom}`, log]);
    there?.set('opt.rom', { ...file, content: 'rom 2' });
    expect(await findings('filed', { ...cold, accept: [rom] })).toEqual([`warning ${rom}`, log]);
    there?.set('opt.rom', { ...file, content: 'rom 1' });
    stage.world.host('compute12').directories.set('/logs', new Map());
    expect(await findings('filed', cold)).toEqual([`ok ${rom}`, 'ok devices/serial/source/@path', 'ok']);
  });

  test('a shared directory that holds something else refuses; one that is empty on both hosts takes a word', async () => {
    const file = { format: 'raw', capacityBytes: 1, backing: null, owner: null, content: 'a' };
    const [one, other] = [new Map([['a', file]]), new Map()];
    stage.world.host('compute11').directories.set('/srv/share', one);
    stage.world.host('compute12').directories.set('/srv/share', other);
    await stage.client().setHost('compute12', { allowedDirectories: ['/srv/share'] });
    await guestWith(
      'shares',
      "<filesystem type='mount'><source dir='/srv/share'/><target dir='data'/></filesystem>",
    );
    const element = 'devices/filesystem/source/@dir';
    expect(await findings('shares', live)).toEqual([`error ${element}`]);
    one.clear();
    expect(await findings('shares', live)).toEqual([`error ${element}`]);
    expect(await findings('shares', { ...live, accept: [element] })).toEqual([`warning ${element}`]);
    stage.world.host('compute12').directories.set('/srv/share', one);
    one.set('a', file);
    expect(await findings('shares', live)).toEqual([`ok ${element}`, 'ok']);
  });

  test('processors, cells and large pages that the target lacks refuse; the same processor is one that a guest can have', async () => {
    const id = await stage.guest({ name: 'bound', directory: '/shared' });
    const domain = stage.world.host('compute11').domains.get(id);
    if (domain === undefined) throw new Error('it is not there');
    const plain = domain.xml;
    const target = stage.world.host('compute12');
    const { hardware } = target;
    const asked = async (part: string): Promise<string[]> => {
      domain.xml = plain.replace('<devices>', `${part}<devices>`);
      return findings('bound', live);
    };
    expect(await asked("<cputune><vcpupin vcpu='0' cpuset='0-7'/></cputune>")).toContain(
      'ok cputune/vcpupin/@cpuset',
    );
    expect(await asked("<cputune><vcpupin vcpu='0' cpuset='64'/></cputune>")).toEqual([
      'error cputune/vcpupin/@cpuset',
    ]);
    expect(await asked("<numatune><memory nodeset='1'/></numatune>")).toEqual([
      'error numatune/memory/@nodeset',
    ]);
    expect(await asked('<memoryBacking><hugepages/></memoryBacking>')).toEqual([
      'error memoryBacking/hugepages',
    ]);
    expect(await asked("<cpu mode='host-passthrough'/>")).toContain('ok cpu/@mode');
    target.hardware = { ...hardware, cpu: { ...hardware.cpu, model: 'Skylake' } };
    expect(await asked("<cpu mode='host-passthrough'/>")).toEqual(['error cpu/@mode']);
    target.hardware = hardware;
  });
});
