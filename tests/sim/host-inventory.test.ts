import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runFerry } from './run-ferry.ts';
import { Stage } from './world.ts';

const line = (name: string, more = ''): string =>
  `  - { name: ${name}, uri: "simulated://${name}/"${more} }\n`;

test('all hosts of a file are added, those that are there are told, and one that is silent stops no other', async () => {
  await using stage = await Stage.open();
  const file = join(stage.dataDirectory, 'hosts.yaml');
  for (const name of ['compute14', 'compute15', 'compute16']) stage.world.addHost(name, {});
  stage.world.host('compute15').up = false;
  const rack = ', group: rack-a, labels: { disk: nvme }';
  writeFileSync(
    file,
    `hosts:\n${line('compute11')}${line('compute12', rack)}${line('compute14', rack)}${line('compute15')}${line('compute16')}`,
  );
  const before = await stage.client().hosts();
  const dry = await runFerry(stage, ['host', 'add', '--from', file, '--dry-run']);
  expect(dry.code).toBe(1);
  expect(dry.out).toMatch(/compute14 +would be added[^]*nothing was written/);
  expect(await stage.client().hosts()).toEqual(before);
  const added = await runFerry(stage, ['host', 'add', '--from', file]);
  expect(added.code).toBe(1);
  expect(added.out).toMatch(/^compute11 +there already/m);
  expect(added.out).toMatch(/^compute12 +DIFFERS/m);
  expect(added.out).toContain('labels is none, and disk=nvme,group=rack-a in the file');
  expect(added.out).toMatch(/^compute15 \(line 5\): .*compute15 is down/m);
  expect(added.out).toContain('2 added, 1 there already, 1 differs, 1 failed\nnext: ferry doctor');
  expect((await stage.client().host('compute14')).host.labels).toEqual({ group: 'rack-a', disk: 'nvme' });
  stage.world.host('compute15').up = true;
  const set = ['host', 'set', 'compute12', '--label', 'group=rack-a', '--label', 'disk=nvme'];
  expect((await runFerry(stage, set)).code).toBe(0);
  const again = await runFerry(stage, ['host', 'add', '--from', file, '-o', 'json']);
  expect(again.code).toBe(0);
  const results = JSON.parse(again.out) as { name: string; result: string }[];
  expect(results.map(({ name, result }) => `${name} ${result}`)).toEqual([
    'compute11 there',
    'compute12 there',
    'compute14 there',
    'compute15 added',
    'compute16 there',
  ]);
  const names = async (label: string): Promise<string[]> =>
    (await stage.client().hosts({ label })).map(({ name }) => name);
  expect(await names('disk=nvme')).toEqual(['compute12', 'compute14']);
  expect(await names('group')).toEqual(['compute12', 'compute14']);
  expect(await names('disk=hdd')).toEqual([]);
  expect((await runFerry(stage, ['host', 'set', 'compute12', '--clear-labels'])).code).toBe(0);
  expect(await names('group')).toEqual(['compute14']);
  expect((await runFerry(stage, ['host', 'list', '--label', 'group=rack-a'])).out).toContain('compute14');
});

test('a file that is wrong somewhere adds nothing, and no password of it is told', async () => {
  await using stage = await Stage.open();
  const file = join(stage.dataDirectory, 'hosts.yaml');
  stage.world.addHost('compute14', {});
  writeFileSync(
    file,
    'hosts:\n  - { uri: "simulated://compute14/" }\n  - { uri: "qemu+tls://a:hunter2@b/system" }\n',
  );
  const refused = await runFerry(stage, ['host', 'add', '--from', file]);
  expect(refused.code).toBe(2);
  expect(refused.err).toContain('no host was added:\n  line 3: uri: a password stands in it');
  expect(refused.err).not.toContain('hunter2');
  expect((await stage.client().hosts()).length).toBe(3);
  rmSync(file);
  expect((await runFerry(stage, ['host', 'add', '--from', file])).err).toContain('cannot be read: ENOENT');
  expect((await runFerry(stage, ['host', 'add'])).code).toBe(2);
  expect((await runFerry(stage, ['host', 'add', 'simulated://compute14/', '--from', file])).code).toBe(2);
});

test('a dry run of one host writes nothing', async () => {
  await using stage = await Stage.open();
  stage.world.addHost('compute14', {});
  const words = ['host', 'add', 'simulated://compute14/', '--label', 'rack=a3'];
  const dry = await runFerry(stage, [...words, '--dry-run']);
  expect(dry).toMatchObject({
    code: 0,
    out: expect.stringMatching(/rack=a3[^]*nothing was written/) as string,
  });
  expect((await stage.client().hosts()).length).toBe(3);
  expect((await runFerry(stage, words)).out).toContain('next: ferry doctor');
  expect((await stage.client().hosts()).length).toBe(4);
  const twice = await runFerry(stage, [...words, '--dry-run']);
  expect(twice).toMatchObject({ code: 1, err: expect.stringContaining('same host uuid') as string });
});
