import type { SetPolicyBody } from '@ferry/api';
import { describe, expect, test } from 'vitest';
import { Stage } from './world.ts';

const mebibyte = 1024 * 1024;
const usual: SetPolicyBody = { scope: 'default', values: { maxDowntimeMs: 500, priority: 5 } };

async function refusal(asked: Promise<unknown>): Promise<unknown> {
  return asked.then(
    () => 'accepted',
    (error: unknown) => error,
  );
}

describe('policies', () => {
  test('are set, shown, replaced and deleted; what holds for an instance tells who said it', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web' });
    const client = stage.client('operator');
    await client.setPolicy('usual', usual);
    await client.setPolicy('web', { scope: 'instance', subject: id, values: { maxDowntimeMs: 100 } });
    await client.setPolicy('gentle', {
      scope: 'by-name',
      values: { bandwidthBytesPerSecond: 50 * mebibyte },
    });
    expect((await stage.client('reader').policies()).map(({ name, subject }) => [name, subject])).toEqual([
      ['gentle', null],
      ['usual', null],
      ['web', 'web'],
    ]);
    const { values, problems } = await client.effectivePolicy('web', 'gentle');
    expect(problems).toEqual([]);
    expect(values).toMatchObject({
      maxDowntimeMs: { value: 100, from: `policy web of the instance ${id}` },
      priority: { value: 5, from: 'policy usual' },
      bandwidthBytesPerSecond: { value: 50 * mebibyte, from: 'policy gentle' },
      whenStalled: { value: 'wait', from: 'built in' },
    });
    await client.setPolicy('usual', { scope: 'default', values: { priority: 7 } });
    expect((await client.effectivePolicy('web')).values.priority.value).toBe(7);
    await client.deletePolicy('usual');
    expect((await client.effectivePolicy('web')).values.priority.value).toBe(10);
  });

  test('that contradict themselves are refused with all that is wrong', async () => {
    await using stage = await Stage.open();
    const values = { maxDowntimeMs: 0, whenStalled: 'post-copy', postCopy: 'never' } as const;
    const refused = await refusal(
      stage.client().setPolicy('bad', { scope: 'default', subject: 'x', values }),
    );
    expect(refused).toMatchObject({ status: 400, code: 'policy-contradicts' });
    const { message } = refused as Error;
    expect(message).toContain('its scope is default, and it names x');
    expect(message).toContain('maxDowntimeMs is 0');
    expect(message).toContain('whenStalled is post-copy, and postCopy is never');
    expect(await stage.client().policies()).toEqual([]);
  });

  test.each([
    [{ scope: 'label', subject: 'gold', values: {} }, 404, 'label-not-found', 'no instance has any'],
    [{ scope: 'project', subject: 'nobody', values: {} }, 404, 'project-not-found', 'nobody'],
    [{ scope: 'instance', subject: 'nobody', values: {} }, 404, 'instance-not-found', 'nobody'],
    [{ scope: 'default', values: { speed: 1 } as never }, 400, 'bad-request', 'unknown field "speed"'],
    [{ scope: 'default', values: { priority: 101 } }, 400, 'bad-request', '100'],
  ] as const)('%o is refused', async (body, status, code, word) => {
    await using stage = await Stage.open();
    const refused = await refusal(stage.client().setPolicy('p', body));
    expect(refused).toMatchObject({ status, code });
    expect((refused as Error).message).toContain(word);
  });

  test('are operators’; there is one for a subject, and one that is not there is named', async () => {
    await using stage = await Stage.open();
    expect(await refusal(stage.client('reader').setPolicy('usual', usual))).toMatchObject({ status: 403 });
    await stage.client('operator').setPolicy('usual', usual);
    expect(await refusal(stage.client().setPolicy('another', usual))).toMatchObject({
      status: 409,
      code: 'policy-taken',
    });
    expect(await refusal(stage.client('reader').deletePolicy('usual'))).toMatchObject({ status: 403 });
    expect(await refusal(stage.client().deletePolicy('other'))).toMatchObject({
      status: 404,
      code: 'policy-not-found',
    });
  });
});

describe('moves', () => {
  test('go by what holds, and what the request says wins', async () => {
    await using stage = await Stage.open();
    await stage.guest({ name: 'web', directory: '/shared' });
    await stage.client().setPolicy('usual', {
      scope: 'default',
      values: { bandwidthBytesPerSecond: 70 * mebibyte, maxDowntimeMs: 200, parallelConnections: 2 },
    });
    stage.slow();
    const { id } = await stage.client().migrate('web', {
      kind: 'live-migration',
      host: 'compute12',
      maxDowntimeMs: 900,
    });
    await stage.migrationWhen(id, 'sends', ({ progress }) => (progress?.memoryBytes ?? 0) > 0);
    const [domain] = stage.world.host('compute11').domains.values();
    expect(domain?.job).toMatchObject({
      capBytesPerSecond: 70 * mebibyte,
      limitMs: 900,
      tuning: { parallelConnections: 2 },
    });
    stage.fast();
    expect(await stage.over(id)).toMatchObject({ status: 'completed' });
  });

  test('whose policies contradict each other are refused, with who said what', async () => {
    await using stage = await Stage.open();
    await stage.guest({ name: 'web', directory: '/shared' });
    await stage.client().setPolicy('usual', { scope: 'default', values: { parallelConnections: 4 } });
    const asked = stage
      .client()
      .migrate('web', { kind: 'live-migration', host: 'compute12', postCopy: 'ask' });
    const refused = await refusal(asked);
    expect(refused).toMatchObject({ status: 400, code: 'policy-contradicts' });
    expect((refused as Error).message).toContain('parallelConnections: policy usual, postCopy: the request');
    expect(await stage.client().migrations()).toEqual([]);
  });

  test('that name a policy that there is not are refused', async () => {
    await using stage = await Stage.open();
    await stage.guest({ name: 'web' });
    const asked = stage.client().check('web', { kind: 'live-migration', policy: 'none' });
    expect(await refusal(asked)).toMatchObject({ status: 404, code: 'policy-not-found' });
  });

  test('whose disks are copied go on where a policy allows post-copy: it is not used', async () => {
    await using stage = await Stage.open();
    await stage.guest({ name: 'web' });
    await stage.client().setPolicy('usual', { scope: 'default', values: { postCopy: 'ask' } });
    const { id } = await stage.client().migrate('web', { kind: 'live-migration', host: 'compute12' });
    expect(await stage.over(id)).toMatchObject({ status: 'completed' });
  });
});
