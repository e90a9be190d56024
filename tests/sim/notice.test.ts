import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MigrationBody, SetPolicyBody } from '@ferry/api';
import { expect, test } from 'vitest';
import { runFerry } from './run-ferry.ts';
import { Stage } from './world.ts';

const live = { kind: 'live-migration', host: 'compute12', policy: 'told' } as const;

/** A controller with a notice hook that writes down what it is told, then does what `script` says, and a guest whose policy has it told. */
async function stageWith(script: string, values: SetPolicyBody['values'] = {}): Promise<Stage> {
  const stage = await Stage.open();
  const hook = join(stage.dataDirectory, 'notice');
  const told = join(stage.dataDirectory, 'told');
  writeFileSync(hook, `#!/bin/sh\necho "$1 $2 $FERRY_SOURCE_HOST $FERRY_TARGET_HOST" >>${told}\n${script}\n`);
  chmodSync(hook, 0o700);
  await stage.crash();
  await stage.start({ noticeHook: hook });
  await stage.guest({ name: 'web', directory: '/shared' });
  await stage.client().setPolicy('told', { scope: 'by-name', values: { notice: 'hook', ...values } });
  return stage;
}

function toldBy(stage: Stage): string[] {
  const file = join(stage.dataDirectory, 'told');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

async function moved(stage: Stage): Promise<{ end: MigrationBody; events: string[] }> {
  const { id } = await stage.client().migrate('web', live);
  const end = await stage.over(id);
  const events: string[] = [];
  const stop = new AbortController();
  for await (const { subjectId, message } of stage.client().events(0, stop.signal)) {
    if (subjectId === id && message.startsWith('notice')) events.push(message);
    if (subjectId === id && message.startsWith(end.status)) break;
  }
  stop.abort();
  return { end, events };
}

test('a guest whose policy says so is told before it moves, and when it has; what it answered is told', async () => {
  await using stage = await stageWith('echo drained 3 sessions');
  const { end, events } = await moved(stage);
  expect(end.status).toBe('completed');
  expect(toldBy(stage)).toEqual(['before web compute11 compute12', 'moved web compute11 compute12']);
  expect(events).toEqual([
    expect.stringMatching(/^notice to the guest: ready after \d+ ms\. It says: drained 3 sessions$/u),
  ]);
});

test('one that is not ready stays where its policy says so, and is told that it does', async () => {
  await using stage = await stageWith('[ "$1" = before ] && echo backup runs && exit 3; exit 0', {
    whenUnanswered: 'abort',
  });
  const before = stage.hosts();
  const { end } = await moved(stage);
  expect(end).toMatchObject({ status: 'failed', error: { code: 'guest-not-ready' } });
  expect(end.error?.message).toMatch(
    /not ready: the notice hook ended with 3, after .* It says: backup runs/u,
  );
  expect(toldBy(stage)).toEqual(['before web compute11 compute12', 'stayed web compute11 compute12']);
  expect(stage.hosts()).toEqual(before);
});

test('one that says nothing is waited for no longer than its policy says, and moves unless that forbids it', async () => {
  await using stage = await stageWith('[ "$1" = before ] && sleep 600; exit 0', { noticeWaitMs: 300 });
  const { end, events } = await moved(stage);
  expect(end.status).toBe('completed');
  expect(events).toEqual([
    expect.stringMatching(/not ready: the notice hook did not end within 0\.3 s.*move all the same/u),
  ]);
});

test('without a hook nobody could be told: the move is refused, and the policy shows why', async () => {
  await using stage = await Stage.open();
  await stage.guest({ name: 'web', directory: '/shared' });
  const words = ['policy', 'set', 'told', '--by-name', '--notice', 'hook', '--notice-wait', '30'];
  expect((await runFerry(stage, words)).code).toBe(0);
  await expect(stage.client().migrate('web', live)).rejects.toMatchObject({
    code: 'policy-contradicts',
    message: expect.stringContaining('ferry serve --notice-hook') as string,
  });
  const shown = await runFerry(stage, ['policy', 'effective', 'web', '--policy', 'told']);
  expect(shown.out).toMatch(/notice to the guest +hook +policy told/u);
  expect(shown.out).toMatch(/wait for its answer +30\.?0? s +policy told/u);
  expect(shown.out).toContain('contradiction: notice is hook');
});

test('hooks that nobody may run are found before the controller is started', async () => {
  await using stage = await Stage.open();
  const file = join(stage.dataDirectory, 'ferry.yaml');
  const hooks = ['fence-hook', 'notice-hook', 'upgrade-hook'];
  writeFileSync(file, hooks.map((name) => `${name}: /nowhere/${name}\n`).join(''), { mode: 0o600 });
  const { code, out } = await runFerry(stage, ['config', 'check', file]);
  expect(code).toBe(2);
  for (const name of hooks) expect(out).toContain(`${name}: /nowhere/${name} is no program`);
});
