import type { SimulatedMemory } from '@ferry/hypervisor/simulated';
import { expect, test } from 'vitest';
import { runFerry } from './run-ferry.ts';
import { Stage, until } from './world.ts';

const mebibyte = 1024 * 1024;
const live = { kind: 'live-migration', host: 'compute12' } as const;

/** A guest that changes so many MiB again and again, all of them each second. */
function hot(mib: number): SimulatedMemory {
  return {
    usedBytes: 256 * mebibyte,
    writes: {
      workingSetBytes: mib * mebibyte,
      writeBytesPerSecond: mib * mebibyte,
      backgroundBytesPerSecond: 0,
      isWriteRateKnown: true,
    },
  };
}

async function guestWith(stage: Stage, name: string, memory: SimulatedMemory | null): Promise<string> {
  const id = await stage.guest({ name, directory: '/shared', memoryMiB: 512 });
  const domain = stage.world.host('compute11').domains.get(id);
  if (domain !== undefined) domain.memory = memory;
  return id;
}

test('what is not known is said, then learned: the guest is measured, and a transfer tells of the link', async () => {
  await using stage = await Stage.open();
  const client = stage.client();
  await guestWith(stage, 'first', hot(10));
  const before = await client.check('first', live);
  expect(before.forecast?.verdict).toEqual({
    kind: 'not-known',
    because: [
      'what first changes was not measured yet',
      'no transfer from compute11 to compute12 was measured yet',
    ],
  });
  expect(before.forecastSummary).toMatch(/^not known: /u);
  const measured = await client.forecast('first', live);
  expect(measured.forecast.verdict).toEqual({
    kind: 'not-known',
    because: ['no transfer from compute11 to compute12 was measured yet'],
  });
  // What it would take is known without the link.
  expect(measured.forecast.neededBytesPerSecond).toBeGreaterThan(mebibyte);
  const { id } = await client.migrate('first', live);
  expect(await stage.over(id)).toMatchObject({ status: 'completed' });
  await guestWith(stage, 'second', hot(10));
  const known = await client.forecast('second', live);
  expect(known.forecast.verdict).toEqual({ kind: 'converges' });
  expect(known.summary).toMatch(/^converges: /u);
  // 256 MiB in use at 32 MiB a tenth of a second.
  expect(known.forecast.totalMs.p50).toBeGreaterThan(300);
  expect(known.forecast.totalMs.p50).toBeLessThan(2_000);
  // The way back is known from it, too, and less surely.
  const back = await client.forecast('first', { ...live, host: 'compute11' });
  expect(back.forecast.verdict).toEqual({ kind: 'converges' });
  expect(back.forecast.basis).toContainEqual(
    expect.stringContaining('the other way, from compute11 to compute12'),
  );
  // The check has it from then on, without measuring.
  expect((await client.check('second', live)).forecast?.verdict).toEqual({ kind: 'converges' });
});

test('a forecast is kept with its migration, beside what came of it, and the report counts it', async () => {
  await using stage = await Stage.open();
  const client = stage.client();
  await guestWith(stage, 'first', hot(10));
  await stage.over((await client.migrate('first', live)).id);
  await guestWith(stage, 'web', hot(10));
  await client.forecast('web', live);
  const { id } = await client.migrate('web', live);
  await stage.over(id);
  const { forecast } = await client.migration(id);
  expect(forecast).toMatchObject({ summary: '', now: null, end: { kind: 'converged' } });
  expect(forecast?.before.verdict).toEqual({ kind: 'converges' });
  expect(forecast?.end?.facts.totalMs).toBeGreaterThan(0);
  expect(forecast?.end?.facts.bytes).toBe(512 * mebibyte);
  const shown = await runFerry(stage, ['migration', 'show', id]);
  expect(shown.out).toMatch(/forecast +converges; it converged by itself/u);
  expect(shown.out).toMatch(/sent +.* was said, 512 MiB it was/u);
  const errors = await client.forecastErrors();
  expect(errors.migrations).toBe(2);
  expect(errors.ends[0]).toMatchObject({
    end: 'converged',
    count: 2,
    verdictRight: 1,
    totalMs: { count: 1 },
  });
  expect((await client.forecastErrors({ instance: 'web' })).migrations).toBe(1);
  const report = await runFerry(stage, ['forecast', 'report']);
  expect(report.out).toMatch(/converged +2 +100 % +time +1 /u);
  await expect(client.forecastErrors({ instance: 'nobody' })).rejects.toMatchObject({
    code: 'instance-not-found',
  });
});

test('one that does not converge says so while it runs, with what it would take; aborted, it is no converged one', async () => {
  await using stage = await Stage.open();
  const client = stage.client();
  await guestWith(stage, 'first', hot(1));
  await stage.over((await client.migrate('first', live)).id);
  const id = await guestWith(stage, 'busy', hot(200));
  const capped = { ...live, bandwidthBytesPerSecond: 10 * mebibyte };
  const said = await client.forecast('busy', capped);
  expect(said.forecast.verdict.kind).toBe('stalls');
  expect(said.summary).toMatch(/^does not converge at 10 MiB\/s: each pass finds about .*; it takes /u);
  const helps = Object.fromEntries(said.forecast.means.map((one) => [one.means, one.helps]));
  expect(helps).toMatchObject({ 'more-bandwidth': true, 'post-copy': true });
  stage.world.bytesPerStep = mebibyte;
  stage.world.dirtyBytesPerStep = mebibyte;
  const { id: migration } = await client.migrate('busy', capped);
  await stage.sending(id);
  const running = await until('it to be forecast anew', async () => {
    const { forecast } = await client.migration(migration);
    return forecast?.now == null ? null : forecast;
  });
  expect(running.now?.verdict.kind).not.toBe('converges');
  expect(running.summary).toMatch(/^does not converge at 10 MiB\/s/u);
  await client.abortMigration(migration);
  expect(await stage.over(migration)).toMatchObject({ status: 'cancelled' });
  expect((await client.migration(migration)).forecast?.end).toMatchObject({ kind: 'aborted' });
});

test('policies go into it: the rate of the link, the limit, and the budget where it does not converge without', async () => {
  await using stage = await Stage.open();
  const client = stage.client();
  await guestWith(stage, 'web', hot(100));
  await client.setPolicy('gentle', {
    scope: 'default',
    values: {
      bandwidthBytesPerSecond: 10 * mebibyte,
      linkBytesPerSecond: 100 * mebibyte,
      maxDowntimeMs: 400,
    },
  });
  const tight = await client.forecast('web', live);
  expect(tight.forecast.verdict.kind).toBe('stalls');
  expect(tight.forecast.bytesPerSecond).toBe(10 * mebibyte);
  expect(tight.forecast.basis).toContainEqual(expect.stringContaining('as its policy says of the link'));
  // 100 MiB of a set that is full in each pass take a pause of a second over the link.
  await client.setPolicy('gentle', {
    scope: 'default',
    values: {
      bandwidthBytesPerSecond: 10 * mebibyte,
      linkBytesPerSecond: 100 * mebibyte,
      maxDowntimeMs: 2_000,
    },
  });
  const { forecast } = await client.check('web', live);
  expect(forecast?.verdict.kind).toBe('converges');
  expect(forecast?.downtimeMs.p50).toBeGreaterThan(300);
  expect(forecast?.downtimeMs.p90).toBeLessThan(2_500);
});

test('a guest that cannot be measured moves, and nothing is made up about it', async () => {
  await using stage = await Stage.open();
  const client = stage.client();
  await guestWith(stage, 'web', null);
  const { forecast, summary } = await client.forecast('web', live);
  expect(forecast).toMatchObject({
    verdict: { kind: 'not-known' },
    totalMs: { p50: null, p90: null },
    downtimeMs: { p10: null, p50: null, p90: null },
    means: [],
  });
  expect(summary).toContain('could not be measured');
  const { id } = await client.migrate('web', live);
  expect(await stage.over(id)).toMatchObject({ status: 'completed' });
});

test('what has no forecast is refused with what to do, and a cold move is checked without one', async () => {
  await using stage = await Stage.open();
  const client = stage.client();
  await guestWith(stage, 'web', hot(1));
  await expect(client.forecast('web', { kind: 'cold-migration', host: 'compute12' })).rejects.toMatchObject({
    code: 'bad-request',
  });
  await expect(client.forecast('web', { ...live, host: 'nowhere' })).rejects.toMatchObject({
    code: 'checks-failed',
  });
  await expect(client.forecast('nobody', live)).rejects.toMatchObject({ code: 'instance-not-found' });
  await expect(stage.client('reader').forecast('web', live)).rejects.toMatchObject({ code: 'forbidden' });
  const cold = await client.check('web', { kind: 'cold-migration', host: 'compute12' });
  expect(cold).toMatchObject({ forecast: null, forecastSummary: null });
});

test('the command line shows it: alone, with what would help, and in a check', async () => {
  await using stage = await Stage.open();
  await guestWith(stage, 'first', hot(1));
  await stage.over((await stage.client().migrate('first', live)).id);
  await guestWith(stage, 'web', hot(100));
  const alone = await runFerry(stage, ['forecast', 'web', 'compute12', '--bandwidth', '10']);
  expect(alone.out).toMatch(/^web: compute11 -> compute12\n\ndoes not converge at 10 MiB\/s/u);
  expect(alone.out).toMatch(/more-bandwidth +would help +it takes/u);
  expect(alone.out).toContain('memory in use: 256 MiB of 512 MiB');
  const checked = await runFerry(stage, ['check', 'web', 'compute12']);
  expect(checked.out).toMatch(/^forecast: converges/mu);
  const only = await runFerry(stage, ['check', 'web', 'compute12', '--forecast']);
  expect(only.out).toContain('made from:');
});

test('running instances are measured by themselves, within the budget', async () => {
  await using stage = await Stage.open();
  await guestWith(stage, 'web', hot(10));
  await stage.guest({ name: 'off', state: 'shutoff' });
  await stage.crash();
  await stage.start({ measureIntervalMs: 3_600_000, measureAtOnce: 2 });
  const profile = await until('web to be measured', async () => {
    const found = await stage.client().memoryProfile('web');
    return found.measurements === 0 ? null : found;
  });
  expect(profile).toMatchObject({ instance: 'web', measurements: 1, hours: [{ measurements: 1 }] });
  expect((await stage.client().memoryProfile('off')).measurements).toBe(0);
  const asked = stage.world.faults.calls.filter((call) => call.endsWith('guests.sampleDirtyPages'));
  expect(asked).toHaveLength(4);
  expect((await stage.client().check('web', live)).forecast?.basis).toContainEqual(
    expect.stringContaining('measured 0 min ago'),
  );
  const printed = await runFerry(stage, ['forecast', 'profile', 'web']);
  expect(printed.out).toMatch(/\d\d:00 +1 +\d/u);
});

test('of two moves over one link the second is forecast with what the first leaves it, and teaches nothing of the link', async () => {
  await using stage = await Stage.open();
  const client = stage.client();
  await guestWith(stage, 'first', hot(1));
  await stage.over((await client.migrate('first', live)).id);
  for (const name of ['one', 'two']) {
    await guestWith(stage, name, hot(1));
    await client.forecast(name, live);
  }
  const alone = (await client.check('two', live)).forecast;
  expect(alone?.basis.join()).not.toContain('share');
  stage.slow();
  const sending = await client.migrate('one', live);
  await stage.migrationWhen(sending.id, 'sends', ({ status }) => status === 'running');
  const shared = (await client.check('two', live)).forecast;
  expect(shared?.basis).toContainEqual(expect.stringContaining('which another migration shares now'));
  expect(shared?.bytesPerSecond).toBeCloseTo((alone?.bytesPerSecond ?? 0) / 2, -3);
  const beside = await client.migrate('two', live);
  stage.fast();
  for (const { id } of [sending, beside]) expect(await stage.over(id)).toMatchObject({ status: 'completed' });
  await guestWith(stage, 'three', hot(1));
  const { forecast } = await client.check('three', live);
  // Those that had it for themselves: the very first, and the one that began alone.
  expect(forecast?.basis).toContainEqual(expect.stringContaining('the last 2 transfers'));
});
