import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runFerry } from './run-ferry.ts';
import { Stage } from './world.ts';

const mebibyte = 1024 * 1024;

test('policies are set, listed, shown and deleted; what holds for an instance is a table', async () => {
  await using stage = await Stage.open();
  await stage.guest({ name: 'web' });
  const values = ['--max-downtime', '500', '--deadline', '60', '--throttle', '20:60'];
  const set = await runFerry(stage, ['policy', 'set', 'usual', '--default', ...values]);
  expect(set).toMatchObject({ code: 0, out: expect.stringContaining('downtime budget 500 ms') as string });
  const one = ['policy', 'set', 'gentle', '--by-name', '--bandwidth', '50', '--link', '100'];
  expect((await runFerry(stage, one)).code).toBe(0);
  const list = (await runFerry(stage, ['policy', 'list'])).out;
  expect(list).toMatch(/^gentle +moves that name it +bandwidth 50 MiB\/s, link 100 MiB\/s$/m);
  const effective = (await runFerry(stage, ['policy', 'effective', 'web', '--policy', 'gentle'])).out;
  expect(effective).toMatch(/^downtime budget +500 ms +policy usual$/m);
  expect(effective).toMatch(/^bandwidth +50 MiB\/s +policy gentle$/m);
  expect(effective).toMatch(/^when stalled +wait +built in$/m);
  expect((await runFerry(stage, ['policy', 'delete', 'usual'])).out).toBe('deleted: usual\n');
  expect((await runFerry(stage, ['policy', 'show', 'usual'])).code).toBe(6);
});

test.each([
  [['--max-downtime', '0', '--default'], 2, 'maxDowntimeMs is 0'],
  [['--default', '--by-name'], 1, 'given: --default --by-name'],
  [['--throttle', '60'], 1, 'FIRST:MOST'],
])('policy set %j is refused', async (words, code, why) => {
  await using stage = await Stage.open();
  const refused = await runFerry(stage, ['policy', 'set', 'bad', ...words]);
  expect(refused.err).toContain(why);
  expect([code, 2]).toContain(refused.code);
});

test('a migration is changed while it runs, exported, and run through the rules again', async () => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web', directory: '/shared' });
  stage.world.bytesPerStep = 4 * mebibyte;
  stage.world.hotSet = { bytes: 64 * mebibyte, bytesPerStep: 32 * mebibyte };
  const { id: migration } = await stage
    .client()
    .migrate('web', { kind: 'live-migration', host: 'compute12' });
  await stage.sending(id);
  const set = await runFerry(stage, ['migration', 'set', migration, '--bandwidth', '30']);
  expect(set).toMatchObject({
    code: 0,
    err: 'web, compute11 to compute12: sends at most 30 MiB/s from now on.\n',
  });
  await stage.migrationWhen(migration, 'does not converge', ({ phase }) =>
    phase.endsWith('it does not converge'),
  );
  const paused = await runFerry(stage, ['migration', 'pause', migration, '--yes']);
  expect(paused.err).toMatch(/^web: the guest is paused until compute12 has it, for about .* to go\)\.$/m);
  expect(await stage.over(migration)).toMatchObject({ status: 'completed' });

  const exported = await runFerry(stage, ['migration', 'export', migration]);
  const file = join(stage.dataDirectory, 'web.ndjson');
  writeFileSync(file, exported.out);
  const words = ['migration', 'replay', file, '--when-stalled', 'abort'];
  const replayed = await runFerry(stage, words);
  expect(replayed.out).toMatch(/only now +ends the transfer: it does not converge/);
  expect((await runFerry(stage, [...words, '--rules', 'none'])).err).toContain('there are no rules "none"');
});
