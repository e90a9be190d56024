import { expect, test } from 'vitest';
import { ask, onLoopback } from './openstack-caller.ts';
import { Stage } from './world.ts';

test('a list of hosts tells their zones and what is recorded on them', async () => {
  await using stage = await Stage.open({}, onLoopback);
  await stage.guest({ name: 'web' });
  await ask(stage, 'POST', '/v2.1/os-aggregates', {
    body: { aggregate: { name: 'west', availability_zone: 'west' } },
  });
  await ask(stage, 'POST', '/v2.1/os-aggregates/1/action', { body: { add_host: { host: 'compute12' } } });
  const hosts = await stage.client('reader').hosts();
  expect(hosts.map(({ name, zone, recorded }) => [name, zone, recorded])).toEqual([
    ['compute11', 'nova', { instances: 1, migrations: 0 }],
    ['compute12', 'west', { instances: 0, migrations: 0 }],
    ['compute13', 'nova', { instances: 0, migrations: 0 }],
  ]);
});

test('an instance tells its disks and cards as its host has them; a reader does not have a host asked', async () => {
  await using stage = await Stage.open({}, onLoopback);
  await stage.guest({ name: 'web' });
  const asked = await ask(stage, 'GET', '/ferry/v1/instances/web/devices', { role: 'operator' });
  expect(asked.body).toMatchObject({
    machineType: 'pc-q35-10.0',
    disks: [
      {
        target: 'vda',
        source: '/images/web-1.qcow2',
        format: 'qcow2',
        capacityBytes: 64 * 1024 ** 2,
        backing: ['/images/base.qcow2'],
      },
    ],
    interfaces: [],
  });
  expect((await ask(stage, 'GET', '/ferry/v1/instances/web/devices', { role: 'reader' })).status).toBe(403);
  stage.world.host('compute11').up = false;
  const silent = await ask(stage, 'GET', '/ferry/v1/instances/web/devices');
  expect([silent.status, silent.body.error.code]).toEqual([502, 'host-unreachable']);
  expect((await ask(stage, 'GET', '/ferry/v1/instances/none/devices')).status).toBe(404);
});

test('a migration tells its steps in their order, with their times', async () => {
  await using stage = await Stage.open({}, onLoopback);
  await stage.guest({ name: 'web', directory: '/shared' });
  const { id } = await stage.client().migrate('web', { kind: 'live-migration', host: 'compute12' });
  await stage.over(id);
  await stage.quiet();
  const { steps = [] } = await stage.client('reader').migration(id);
  expect(steps[0]).toMatchObject({ name: 'wait-for-quiet', state: 'done' });
  expect(steps.map(({ state }) => state)).toEqual(steps.map(() => 'done'));
  const times = steps.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt]).map(String);
  expect(times).toEqual(times.toSorted((one, other) => Date.parse(one) - Date.parse(other)));
});
