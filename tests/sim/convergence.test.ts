import { type PolicyBody, readRecording, replayRecording } from '@ferry/api';
import { describe, expect, test } from 'vitest';
import { expectMoved } from './expect-place.ts';
import { Stage } from './world.ts';

const mebibyte = 1024 * 1024;

/** A guest on shared disks that changes the same 64 MiB over and over; a pass over them takes 16 steps, which count as 1.6 s. */
async function hotGuest(stage: Stage, values: PolicyBody['values']): Promise<string> {
  const id = await stage.guest({ name: 'web', directory: '/shared' });
  await stage.client().setPolicy('usual', { scope: 'default', values });
  stage.world.bytesPerStep = 4 * mebibyte;
  stage.world.hotSet = { bytes: 64 * mebibyte, bytesPerStep: 32 * mebibyte };
  return id;
}

async function moved(stage: Stage): Promise<string> {
  return (await stage.client().migrate('web', { kind: 'live-migration', host: 'compute12' })).id;
}

/** What was told of a migration until now. */
async function told(stage: Stage, id: string): Promise<string[]> {
  const lines = (await stage.client().recording(id)).trim().split('\n');
  return lines.flatMap((line) => {
    const record = JSON.parse(line) as { kind: string; message?: string };
    return record.kind === 'event' ? [record.message ?? ''] : [];
  });
}

async function untilTold(stage: Stage, id: string, word: string): Promise<void> {
  for (;;) {
    if ((await told(stage, id)).some((one) => one.includes(word))) return;
    await stage.client().migration(id);
  }
}

describe('a guest whose transfer does not converge', () => {
  test('is said so, with the numbers, and moves on until it is aborted where nothing else is allowed', async () => {
    await using stage = await Stage.open();
    await hotGuest(stage, {});
    const id = await moved(stage);
    await untilTold(stage, id, 'does not converge: pass');
    await stage.migrationWhen(id, 'says so', ({ phase }) =>
      phase.endsWith('compute11 sends to compute12; it does not converge'),
    );
    await untilTold(stage, id, 'no switch-over at a minimum: with the least that was left');
    expect(stage.world.faults.calls).not.toContain('compute11 migration.setMaxDowntime');
    await stage.client().abortMigration(id);
    expect(await stage.over(id)).toMatchObject({ status: 'cancelled' });
  });

  test('switches over within its budget', async () => {
    await using stage = await Stage.open();
    const id = await hotGuest(stage, { maxDowntimeMs: 3_000 });
    const migration = await moved(stage);
    const end = await stage.over(migration);
    expect(end).toMatchObject({ status: 'completed' });
    expect(end.result?.downtimeMs).toBeLessThanOrEqual(3_000);
    expect(stage.world.faults.calls).toContain('compute11 migration.setMaxDowntime');
    expect(
      (await told(stage, migration)).some((one) =>
        one.startsWith('strategy: switches over with up to 300 ms'),
      ),
    ).toBe(true);
    await expectMoved(stage, id);
  });

  test('is ended by its policy, with the reason, and runs on at its source', async () => {
    await using stage = await Stage.open();
    const id = await hotGuest(stage, { whenStalled: 'abort' });
    const end = await stage.over(await moved(stage));
    expect(end).toMatchObject({ status: 'failed', error: { code: 'does-not-converge' } });
    expect(end.error?.message).toContain('The transfer was ended by its policy: it does not converge (pass');
    expect(stage.world.runners(id)).toEqual(['compute11']);
  });

  test('is paused within its bound', async () => {
    await using stage = await Stage.open();
    const id = await hotGuest(stage, { whenStalled: 'pause', maxPauseMs: 10_000 });
    expect(await stage.over(await moved(stage))).toMatchObject({ status: 'completed' });
    expect(stage.world.faults.calls).toContain('compute11 domains.ensurePaused');
    expect(stage.world.runners(id)).toEqual(['compute12']);
  });

  test('that is paused for longer than it may be runs on at its source', async () => {
    await using stage = await Stage.open();
    const id = await hotGuest(stage, { whenStalled: 'pause', maxPauseMs: 5_000 });
    // Right when it is paused, the link hardly carries anything any more.
    stage.world.faults.before('compute11', 'domains.ensurePaused', () => stage.slow());
    const end = await stage.over(await moved(stage));
    expect(end).toMatchObject({ status: 'failed', error: { code: 'does-not-converge' } });
    expect(end.error?.message).toMatch(/the guest has been paused for \d+ ms, 5000 ms are allowed/);
    expect(stage.world.runners(id)).toEqual(['compute11']);
  });

  test('is ended at its deadline', async () => {
    await using stage = await Stage.open();
    const id = await hotGuest(stage, { deadlineMs: 6_000 });
    const end = await stage.over(await moved(stage));
    expect(end).toMatchObject({ status: 'failed', error: { code: 'does-not-converge' } });
    expect(end.error?.message).toContain('its deadline of 6 s is over');
    expect(stage.world.runners(id)).toEqual(['compute11']);
  });

  test('goes on where it was after a restart of the controller, and is told once', async () => {
    await using stage = await Stage.open();
    await hotGuest(stage, { whenStalled: 'pause', maxPauseMs: 100 });
    const id = await moved(stage);
    await untilTold(stage, id, 'no pause: it would take');
    await stage.crash();
    await stage.start();
    await stage.migrationWhen(id, 'goes on', ({ progress }) => (progress?.iteration ?? 0) > 20);
    const sentences = await told(stage, id);
    // On a busy machine few passes are seen, and one of them may be smaller by chance: it may have converged meanwhile.
    const turns = sentences.flatMap((one) => /^(?:does not converge|converges again)/.exec(one) ?? []);
    expect(turns.filter((turn, index) => turn === turns[index - 1])).toEqual([]);
    const stalls = turns.filter((turn) => turn === 'does not converge').length;
    expect(sentences.filter((one) => one.startsWith('no pause')).length).toBeLessThanOrEqual(stalls);
    await stage.client().abortMigration(id);
    await stage.over(id);
  });
});

describe('while it runs', () => {
  test('an operator gives it a larger budget, and it comes to its end', async () => {
    await using stage = await Stage.open();
    const id = await hotGuest(stage, {});
    const migration = await moved(stage);
    await untilTold(stage, migration, 'does not converge');
    await stage.client('operator').changeMigration(migration, { maxDowntimeMs: 5_000 });
    expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
    expect((await told(stage, migration)).join('\n')).toContain('an operator changes it: maxDowntimeMs 5000');
    expect(stage.world.runners(id)).toEqual(['compute12']);
  });

  test('an operator gives it less bandwidth', async () => {
    await using stage = await Stage.open();
    const id = await hotGuest(stage, {});
    const migration = await moved(stage);
    await stage.sending(id);
    await stage.client().changeMigration(migration, { bandwidthBytesPerSecond: 8 * mebibyte });
    await stage.called('compute11', 'migration.setBandwidth');
    expect(stage.world.host('compute11').domains.get(id)?.job?.capBytesPerSecond).toBe(8 * mebibyte);
    await stage.client().endTransfer(migration, 'force-complete');
    expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
    expect(stage.world.runners(id)).toEqual(['compute12']);
  });

  test('post-copy by hand is refused where it was not allowed at the start, and so are changes of what is over', async () => {
    await using stage = await Stage.open();
    const id = await hotGuest(stage, {});
    const migration = await moved(stage);
    await stage.sending(id);
    const client = stage.client();
    await expect(client.endTransfer(migration, 'post-copy')).rejects.toMatchObject({
      code: 'migration-not-changeable',
    });
    await client.setPolicy('other', { scope: 'by-name', values: { compression: 'xbzrle' } });
    await expect(client.changeMigration(migration, { policy: 'other' })).rejects.toThrow(
      'compression is none since the start, and cannot become xbzrle while it runs',
    );
    await expect(stage.client('reader').endTransfer(migration, 'pause')).rejects.toMatchObject({
      status: 403,
    });
    await client.endTransfer(migration, 'pause');
    await stage.over(migration);
    await expect(client.changeMigration(migration, { maxDowntimeMs: 1 })).rejects.toThrow('It is completed');
  });

  test('an operator has it go by post-copy where that was allowed at the start', async () => {
    await using stage = await Stage.open();
    const id = await hotGuest(stage, { postCopy: 'ask', whenStalled: 'post-copy' });
    stage.slow();
    const migration = await moved(stage);
    await stage.sending(id);
    await stage.client('operator').endTransfer(migration, 'post-copy');
    await stage.called('compute11', 'migration.startPostCopy');
    stage.fast();
    expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
    expect(stage.world.runners(id)).toEqual(['compute12']);
  });

  test('two moves share their link, and the last one has it for itself again', async () => {
    await using stage = await Stage.open();
    const values = { linkBytesPerSecond: 400 * mebibyte };
    const web = await hotGuest(stage, values);
    stage.slow();
    const db = await stage.guest({ name: 'db', directory: '/shared' });
    const first = await moved(stage);
    await stage.sending(web);
    const second = (await stage.client().migrate('db', { kind: 'live-migration', host: 'compute13' })).id;
    for (const id of [first, second]) await untilTold(stage, id, 'its share of the link');
    const caps = (): number[] =>
      [web, db].map(
        (id) => stage.world.host('compute11').domains.get(id)?.job?.capBytesPerSecond ?? Infinity,
      );
    await stage.hostsShow(() => caps().reduce((sum, cap) => sum + cap, 0) <= 400 * mebibyte);
    expect(Math.min(...caps())).toBeGreaterThan(20 * mebibyte);
    await stage.client().abortMigration(first);
    await stage.over(first);
    await untilTold(stage, second, 'it has the link for itself');
    await stage.client().abortMigration(second);
    await stage.over(second);
  });
});

describe('the flight recorder', () => {
  test('what is exported, run through the rules again, is decided the same; by another policy it is not', async () => {
    await using stage = await Stage.open({}, { shadowRules: 'quick' });
    await hotGuest(stage, { whenStalled: 'abort' });
    const id = await moved(stage);
    await stage.over(id);
    const text = await stage.client('reader').recording(id);
    expect(text).toContain('"kind":"shadow"');
    const recorded = readRecording(text);
    const again = replayRecording(recorded, {});
    expect(again.length).toBeGreaterThan(1);
    expect(again.filter(({ by }) => by !== 'both')).toEqual([]);
    const patient = replayRecording(recorded, { whenStalled: 'wait' });
    expect(patient.filter(({ by }) => by === 'recorded').map((one) => one.text)).toEqual([
      expect.stringContaining('ends the transfer'),
    ]);
  });

  test('of a migration that there is not is refused', async () => {
    await using stage = await Stage.open();
    await expect(stage.client().recording('none')).rejects.toMatchObject({ code: 'migration-not-found' });
  });
});
