import type { ApiError } from '@ferry/api';
import { type LabGuest, until } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

let world: LabWorld;
let web: LabGuest;

beforeAll(async () => {
  world = await LabWorld.up('badinput');
  web = await world.guest({ name: 'web', host: 'compute11' });
  await world.guest({ name: 'off', host: 'compute11', off: true });
  await world.guest({ name: 'giant', host: 'compute11', off: true, memoryMib: 1024 * 1024 });
});
afterAll(() => world?.down());

/** A refusal, with the codes of the checks that forbid it. */
async function refused(
  asked: Promise<unknown>,
): Promise<{ code: string; status: number; errors: string[]; message: string }> {
  const error = await asked.then(
    () => null,
    (caught: ApiError) => caught,
  );
  if (error === null) throw new Error('it was accepted');
  const errors = error.findings.filter((finding) => finding.severity === 'error');
  for (const finding of errors) expect(finding.remedy).not.toBe('');
  return {
    code: error.code,
    status: error.status,
    errors: errors.map((finding) => finding.code),
    message: error.message,
  };
}

/** After a failed attempt a host is not tried again at once: until it has been, moves to it are refused. */
function answersAgain(host: string): Promise<true> {
  return until(`${host} answers again`, 30_000, async () => {
    const { findings } = await world.client.check('web', { kind: 'live-migration', host });
    const silent = findings.some(({ code, severity }) => code === 'services-up' && severity === 'error');
    return silent ? null : true;
  });
}

async function nothingChanged(): Promise<void> {
  expect(await world.lab.runners('web')).toEqual(['compute11']);
  expect(await world.defines('compute12', 'web')).toBe(false);
  expect(await world.hasFile('compute12', web.diskPath)).toBe(false);
  expect(
    (await world.client.instances()).every((one) => one.migrationId === null && one.taskState === null),
  ).toBe(true);
}

test('each wrong move is refused with its own status, and nothing changes', async () => {
  expect(await refused(world.move('web', 'live', 'compute99'))).toMatchObject({
    status: 404,
    code: 'host-not-found',
    errors: ['target-exists'],
  });
  expect(await refused(world.move('nothing', 'live', 'compute12'))).toMatchObject({
    status: 404,
    code: 'instance-not-found',
  });
  expect(await refused(world.move('web', 'live', 'compute11'))).toMatchObject({
    status: 409,
    errors: ['hosts-differ'],
  });
  expect(await refused(world.move('off', 'live', 'compute12'))).toMatchObject({
    status: 409,
    errors: ['instance-running'],
  });
  const body = { kind: 'live-migration', host: 'compute12', spped: 3 } as never;
  expect(await refused(world.client.migrate('web', body))).toMatchObject({
    status: 400,
    code: 'bad-request',
  });
  await nothingChanged();
});

test('several things wrong at once are several findings in one answer: also a target too small', async () => {
  const { errors } = await refused(world.move('giant', 'live', 'compute12', { blockMigration: 'no' }));
  expect(errors).toEqual(expect.arrayContaining(['instance-running', 'target-memory']));
  await nothingChanged();
});

test('a target whose libvirtd is down or frozen is a finding, not a wait', async () => {
  await world.host('compute12').libvirtd.kill();
  expect(await refused(world.move('web', 'live', 'compute12'))).toMatchObject({
    status: 409,
    errors: expect.arrayContaining(['services-up']),
  });
  await world.host('compute12').libvirtd.start();
  await answersAgain('compute12');
  await world.host('compute12').libvirtd.freeze();
  expect(await refused(world.move('web', 'live', 'compute12'))).toMatchObject({
    status: 409,
    errors: expect.arrayContaining(['services-up']),
  });
  await world.host('compute12').libvirtd.thaw();
  await answersAgain('compute12');
  await nothingChanged();
});

test('of two moves at once exactly one is accepted', async () => {
  const asked = await Promise.allSettled([
    world.move('web', 'live', 'compute12'),
    world.move('web', 'live', 'compute13'),
  ]);
  const accepted = asked.filter((one) => one.status === 'fulfilled');
  expect(accepted).toHaveLength(1);
  const refusals = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  expect(refusals).toMatchObject([{ code: 'instance-busy', status: 409 }]);
  expect(await refused(world.move('web', 'cold', 'compute13'))).toMatchObject({
    status: 409,
    code: 'instance-busy',
  });
  expect(await world.ended(accepted[0]?.value.id ?? '')).toMatchObject({ status: 'completed' });
  expect(await world.lab.runners('web')).toHaveLength(1);
});

test('a second controller on the same data is refused, and the first goes on', async () => {
  const second = await world.ferry.run('serve', '--listen', 'none');
  expect(second).toMatchObject({ code: 1 });
  expect(second.stderr).toContain('Another `ferry serve` runs');
  expect(await world.client.health()).toMatchObject({ status: 'ok' });
});

test('a name that two instances have is refused with both ids', async () => {
  const other = await world.lab.createGuest({ name: 'twin', host: world.host('compute12'), off: true });
  const one = await world.lab.createGuest({ name: 'twin', host: world.host('compute13'), off: true });
  await world.client.adoptInstance({ host: 'compute12', domain: 'twin' });
  await world.client.adoptInstance({ host: 'compute13', domain: 'twin' });
  const { message, ...rest } = await refused(world.move('twin', 'cold', 'compute11'));
  expect(rest).toMatchObject({ status: 409, code: 'name-ambiguous' });
  expect(message).toContain(one.uuid);
  expect(message).toContain(other.uuid);
});

test('hosts and domains that are not what they seem are refused', { tags: 'thorough' }, async () => {
  expect(await refused(world.client.addHost({ uri: 'qemu+udp://compute12/system' }))).toMatchObject({
    status: 400,
  });
  expect(await refused(world.client.addHost({ uri: 'qemu+tcp://203.0.113.99/system' }))).toMatchObject({
    status: 502,
    code: 'host-unreachable',
  });
  expect(await refused(world.client.addHost({ uri: world.host('compute11').uri }))).toMatchObject({
    status: 409,
    code: 'host-exists',
  });
  expect(await refused(world.client.adoptInstance({ host: 'compute11', domain: 'nothing' }))).toMatchObject({
    status: 404,
    code: 'domain-not-found',
  });
  expect(await refused(world.client.adoptInstance({ host: 'compute11', domain: 'off' }))).toMatchObject({
    status: 409,
    code: 'instance-exists',
  });
});

test('the first token is for its owner alone, and roles hold', async () => {
  const { readFileSync, statSync } = await import('node:fs');
  const directory = world.ferry.dataDirectory;
  expect(statSync(`${directory}/admin.token`).mode & 0o777).toBe(0o600);
  expect(statSync(`${directory}/ferry.sock`).mode & 0o777).toBe(0o600);
  const reader = readFileSync(`${directory}/reader.token`, 'utf8').trim();
  const asReader = await world.ferry.run('live-migrate', 'web', 'compute99', '--token', reader);
  expect(asReader.code).toBe(5);
  expect(asReader.stderr).toContain('This needs the role operator');
  expect((await world.ferry.run('instance', 'list', '--token', reader)).code).toBe(0);
  expect((await world.ferry.run('host', 'list', '--token', 'wrong')).code).toBe(5);
});
