import type { ApiError } from '@ferry/api';
import { expect, test } from 'vitest';
import { moveByHand, rounds, told, well, withFault } from './drift-steps.ts';
import { listening } from './nova-request.ts';
import { runFerry } from './run-ferry.ts';
import { ServerStage } from './server-world.ts';
import { Stage } from './world.ts';

const refusal = (work: Promise<unknown>): Promise<ApiError> =>
  work.then(
    () => {
      throw new Error('it was accepted');
    },
    (error: unknown) => error as ApiError,
  );

test('a host in maintenance takes no move, named or chosen; what is there can leave, and it takes again afterwards', async () => {
  await using stage = await Stage.open();
  await stage.guest({ name: 'web', directory: '/shared' });
  await stage.guest({ name: 'db', host: 'compute12', directory: '/shared' });
  await stage.client().setHost('compute12', { maintenance: { reason: 'new memory' } });
  const named = await refusal(
    stage.client('operator').migrate('web', { kind: 'live-migration', host: 'compute12' }),
  );
  expect(named.code).toBe('checks-failed');
  const finding = named.findings.find(({ code, severity }) => code === 'services-up' && severity === 'error');
  expect(finding).toMatchObject({
    message: 'the target "compute12" is in maintenance (new memory): it takes no new instances',
    remedy: expect.stringContaining('ferry host maintenance compute12 off') as string,
  });
  const chosen = await stage.client('operator').migrate('web', { kind: 'live-migration' });
  expect(chosen.targetHost).toBe('compute13');
  await stage.over(chosen.id);
  const away = await stage.client('operator').migrate('db', { kind: 'live-migration', host: 'compute11' });
  expect(await stage.over(away.id)).toMatchObject({ status: 'completed' });
  await stage.client().setHost('compute12', { maintenance: null });
  const back = await stage.client('operator').migrate('db', { kind: 'live-migration', host: 'compute12' });
  expect(await stage.over(back.id)).toMatchObject({ status: 'completed' });
});

test('a move whose checks ended before maintenance began is not accepted after it, and neither is a creation', async () => {
  await using server = await ServerStage.open();
  const { stage } = server;
  await stage.guest({ name: 'web', directory: '/shared' });
  const begin = async (): Promise<void> => {
    await stage.client().setHost('compute12', { maintenance: {} });
  };
  stage.world.faults.before('compute12', 'facts', begin);
  const move = stage.client().migrate('web', { kind: 'live-migration', host: 'compute12' });
  expect(await refusal(move)).toMatchObject({ code: 'instance-busy' });
  expect((await stage.client().migrations()).length).toBe(0);
  for (const name of ['compute11', 'compute13']) await stage.client().setHost(name, { maintenance: {} });
  await stage.client().setHost('compute12', { maintenance: null });
  stage.world.faults.before('compute12', 'facts', begin);
  const created = await server.create();
  expect(created).toMatchObject({ status: 400 });
  expect(created.text).toContain('compute12: it is in maintenance');
});

test('its word is shown wherever hosts are: API, command line, doctor, and to Nova’s clients as disabled', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const on = await runFerry(stage, ['host', 'maintenance', 'compute12', 'on', '--reason', 'new memory']);
  expect(on).toMatchObject({ code: 0, out: expect.stringContaining('no: maintenance') as string });
  const { host } = await stage.client().host('compute12');
  expect(host).toMatchObject({
    service: { status: 'enabled' },
    maintenance: { reason: 'new memory' },
    actions: { maintain: { allowed: false }, 'end-maintenance': { allowed: true } },
  });
  // Said again it is the same maintenance.
  await stage.client().setHost('compute12', { maintenance: {} });
  expect((await stage.client().host('compute12')).host.maintenance).toEqual(host.maintenance);
  const { body } = await nova.get<{ services: object[] }>('/os-services?host=compute12');
  expect(body.services).toMatchObject([{ status: 'disabled', disabled_reason: 'maintenance: new memory' }]);
  expect((await runFerry(stage, ['host', 'show', 'compute12'])).out).toContain('in maintenance since');
  const doctor = await runFerry(stage, ['doctor']);
  expect(doctor.out).toMatch(/host compute12: answers at .*; in maintenance since .*/);
  const usage = await runFerry(stage, ['host', 'maintenance', 'compute12', 'off', '--reason', 'x']);
  expect(usage.code).toBe(2);
  expect(await runFerry(stage, ['host', 'maintenance', 'compute12', 'off'])).toMatchObject({ code: 0 });
  expect((await stage.client().host('compute12')).host.maintenance).toBeNull();
  await expect(stage.client('operator').setHost('compute12', { maintenance: {} })).rejects.toMatchObject({
    code: 'forbidden',
  });
});

test('what others move there is not followed but told, and followed once the maintenance has ended', async () => {
  await using stage = await Stage.open({}, { watchIntervalMs: 10 });
  const id = await stage.guest({ name: 'web', directory: '/shared' });
  await stage.client().setHost('compute12', { maintenance: { reason: 'new memory' } });
  moveByHand(stage, id, 'compute11', 'compute12');
  const found = await withFault(stage, 'ambiguous');
  expect(found).toMatchObject({ host: 'compute11' });
  expect(found.fault?.message).toContain(
    'others have moved it from compute11 to compute12, which is in maintenance',
  );
  expect(found.fault?.remedy).toContain('ferry host maintenance compute12 off');
  await rounds(stage);
  expect(await stage.client().instance('web')).toMatchObject({
    host: 'compute11',
    fault: { kind: 'ambiguous' },
  });
  const busy = await refusal(stage.client().migrate('web', { kind: 'live-migration', host: 'compute13' }));
  expect(busy.status).toBe(409);
  await stage.client().setHost('compute12', { maintenance: null });
  expect(await well(stage, 'compute12')).toMatchObject({ powerState: 'running' });
  expect(await told(stage, id)).toContain('moved by hand from compute11 to compute12: power running');
});

test('a held move does not go back to a source that is in maintenance', async () => {
  await using stage = await Stage.open();
  await stage.guest({ name: 'web', directory: '/shared', state: 'shutoff' });
  const { id } = await stage
    .client()
    .migrate('web', { kind: 'cold-migration', host: 'compute12', hold: true });
  await stage.migrationWhen(id, 'is held', ({ status }) => status === 'finished');
  await stage.client().setHost('compute11', { maintenance: {} });
  expect((await refusal(stage.client().decideMigration(id, 'revert'))).message).toContain(
    'web cannot go back to compute11: it is in maintenance',
  );
  await stage.client().setHost('compute11', { maintenance: null });
  await stage.client().decideMigration(id, 'revert');
  expect(await stage.over(id)).toMatchObject({ status: 'reverted' });
});
