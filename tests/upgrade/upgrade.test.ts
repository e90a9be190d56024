import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ends } from './ends.ts';
import { FixtureFile } from './fixture-file.ts';
import { guestId } from './former-stage.ts';
import { Upgraded } from './upgraded.ts';

const fixtures = join(import.meta.dirname, 'fixtures');

/** The gate has each eighth stop and the last; the others stand for the same upgrade, a few records on. */
const sets = globSync(FixtureFile.pattern, { cwd: fixtures }).flatMap((file) => {
  const stops = FixtureFile.read(join(fixtures, file));
  const isInGate = (index: number): boolean => index % 8 === 0 || index === stops.length - 1;
  return [
    { file, stops: stops.filter((_stop, index) => isInGate(index)), tags: [] },
    { file, stops: stops.filter((_stop, index) => !isInGate(index)), tags: ['thorough'] },
  ].filter((set) => set.stops.length > 0);
});

describe.each(sets)('$file, left by a former version', ({ file, stops, tags }) => {
  const [name = ''] = basename(file).split('.');

  test.each(stops)(
    'after record $stop: it is finished, and the history can be read',
    {
      tags,
    },
    async (fixture) => {
      await using upgraded = await Upgraded.of(fixture);
      await upgraded.quiet();
      const end = ends[name];
      if (end === undefined) throw new Error(`nobody has said how ${name} ends`);
      await end(upgraded);
      const events = await upgraded.history();
      expect(events.filter(({ message }) => message === '')).toEqual([]);
      expect(events.length).toBeGreaterThan(1);
    },
  );
});

test('a transfer that a former version accepted and this one begins: the answer to Finish is lost, and the guest runs once', async () => {
  const [file = ''] = globSync('*/live-managed.json.br', { cwd: fixtures });
  const [accepted] = FixtureFile.read(join(fixtures, file));
  if (accepted === undefined) throw new Error('there is a fixture');
  let most = 0;
  await using upgraded = await Upgraded.of(accepted, (world) => {
    world.faults.plan('compute12', 'migration.finish', 'reply-lost');
    world.faults.afterwards = () => {
      most = Math.max(most, world.runners(guestId).length);
    };
  });
  await upgraded.quiet();
  expect(upgraded.world.faults.calls).toContain('compute12 migration.finish');
  expect(most).toBe(1);
  expect(upgraded.world.runners(guestId)).toHaveLength(1);
  expect((await upgraded.client.instance(guestId)).host).toBe(upgraded.world.runners(guestId)[0]);
  // The record speaks of it with the words of now.
  const [move] = await upgraded.client.migrations({ instance: guestId });
  expect(move?.plan?.form).toBe('coordinated');
});

test('a database of a newer version is not opened, and it is said why', async () => {
  const [file = ''] = globSync('*/live-peer.json.br', { cwd: fixtures });
  const [fixture] = FixtureFile.read(join(fixtures, file));
  if (fixture === undefined) throw new Error('there is a fixture');
  const newer = `${fixture.sql}\nINSERT INTO "kysely_migration" ("name", "timestamp") VALUES ('9999-of-tomorrow', '2030-01-01');`;
  const opened = Upgraded.of({ ...fixture, sql: newer }).then((upgraded) => upgraded[Symbol.asyncDispose]());
  await expect(opened).rejects.toMatchObject({
    code: 'no-database',
    message: expect.stringContaining('9999-of-tomorrow') as string,
  });
  await expect(opened).rejects.toThrow(/newer version of Ferry/);
});
