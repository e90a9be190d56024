import type { MigrationBody } from '@ferry/api';
import { expect, test } from 'vitest';
import { runFerry } from './run-ferry.ts';
import { Stage } from './world.ts';

const hourMs = 3_600_000;
const live = { kind: 'live-migration', host: 'compute12' } as const;
const inHours = (hours: number): string => new Date(Date.now() + hours * hourMs).toISOString();

async function stageWithGuest(): Promise<Stage> {
  const stage = await Stage.open();
  const id = await stage.guest({ name: 'web', directory: '/shared', memoryMiB: 512 });
  const domain = stage.world.host('compute11').domains.get(id);
  const writes = {
    workingSetBytes: 8 * 1024 ** 2,
    writeBytesPerSecond: 8 * 1024 ** 2,
    backgroundBytesPerSecond: 0,
    isWriteRateKnown: true,
  };
  if (domain !== undefined) domain.memory = { usedBytes: 256 * 1024 ** 2, writes };
  return stage;
}

test('of a guest that was never measured nobody knows when it is quiet: the move is refused', async () => {
  await using stage = await stageWithGuest();
  const refused = await runFerry(stage, ['live-migrate', 'web', '--at', 'quiet', '--before', '04:00']);
  expect(refused).toMatchObject({ code: 4, err: expect.stringContaining('--measure-interval') as string });
  expect(await stage.client().migrations()).toEqual([]);
});

test('in the quietest hour that is known it begins at once: live, cold and warm', async () => {
  await using stage = await stageWithGuest();
  const measureAndMove = async (): Promise<MigrationBody> => {
    await stage.client().forecast('web', live);
    return stage.client().migrate('web', { ...live, quietBefore: inHours(3) });
  };
  // Where the hour ends in between, it was measured in another one than it is to move in.
  const { id } = await measureAndMove().catch(measureAndMove);
  expect(await stage.over(id)).toMatchObject({ status: 'completed' });
  for (const [host, warm] of [
    ['compute11', false],
    ['compute12', true],
  ] as const) {
    const move = { kind: 'cold-migration', host, warm, quietBefore: inHours(24) } as const;
    const moved = await stage.over((await stage.client().migrate('web', move)).id);
    expect(moved).toMatchObject({ kind: 'cold-migration', status: 'confirmed', error: null });
  }
});

test('a time that is over, too far away or none is told, and so are options that lack the other', async () => {
  await using stage = await stageWithGuest();
  for (const quietBefore of [inHours(-1), inHours(25), '2030-99-01T00:00:00Z'])
    await expect(stage.client().migrate('web', { ...live, quietBefore })).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining(quietBefore) as string,
    });
  for (const words of [
    ['--at', 'quiet'],
    ['--before', '04:00'],
    ['--at', 'quiet', '--before', '25:00'],
  ])
    for (const verb of ['live-migrate', 'migrate'])
      expect(await runFerry(stage, [verb, 'web', ...words])).toMatchObject({
        code: 2,
        err: expect.stringMatching(/--before|--at quiet|HH:MM/u) as string,
      });
});

test('no hour is quieter than another for a guest that does not run: it is told so, and stays', async () => {
  await using stage = await Stage.open();
  await stage.guest({ name: 'web', state: 'shutoff' });
  const words = ['migrate', 'web', '--at', 'quiet', '--before', '04:00'];
  expect(await runFerry(stage, words)).toMatchObject({
    code: 1,
    err: expect.stringContaining('web is shutoff: it changes nothing') as string,
  });
  expect(await stage.client().migrations()).toEqual([]);
});
