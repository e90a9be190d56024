import { expect, test } from 'vitest';
import { planWorld } from './plan-world.ts';
import { runFerry } from './run-ferry.ts';

const planIn = (out: string): string => (JSON.parse(out) as { plan: { id: string } }).plan.id;

test('a plan is made, read, applied and followed from the command line; its exit code is how it ended', async () => {
  await using world = await planWorld({ guests: 2 });
  const { stage } = world;
  const made = await runFerry(stage, ['plan', 'drain', 'compute11', '-o', 'json']);
  expect(made.code).toBe(0);
  const id = planIn(made.out);
  const table = await runFerry(stage, ['plan', 'show', id]);
  expect(table.out).toMatch(/#\s+WHAT\s+FROM\s+TO\s+HOW\s+BEGINS\s+TAKES\s+PAUSE\s+AFTER\s+WHY/);
  expect(table.out).toMatch(/vm-01\s+compute11\s+compute1[23]\s+live/);
  expect(table.out).toContain('at least');
  expect(table.out).toMatch(/MEMORY OF\s+FIRST\s+MOST\s+LAST\s+LIMIT/);
  expect((await runFerry(stage, ['plan', 'list', '--open'])).out).toContain('drain compute11');
  const applied = await runFerry(stage, ['apply', id, '--wait']);
  expect(applied).toMatchObject({ code: 0, out: expect.stringContaining('done') as string });
  expect(applied.err).toMatch(/running: \d of 3 steps/);
  expect((await runFerry(stage, ['apply', id])).code).toBe(1);
  expect((await runFerry(stage, ['plan', 'delete', id])).out).toContain(`deleted: ${id}`);
  expect((await runFerry(stage, ['plan', 'show', id])).code).toBe(6);
});

test('ferry drain plans, applies and follows; a dry run keeps and moves nothing; what blocks is told by the exit code', async () => {
  await using world = await planWorld({ guests: 2 });
  const { stage } = world;
  const dry = await runFerry(stage, ['drain', 'compute11', '--dry-run']);
  expect(dry).toMatchObject({ code: 0, out: expect.stringContaining('vm-02') as string });
  expect(await stage.client().plans()).toEqual([]);
  const all = await runFerry(stage, ['drain', 'compute11', 'compute12', 'compute13', '--dry-run']);
  expect(all).toMatchObject({ code: 4, out: expect.stringContaining('BLOCKED: ') as string });
  const late = await runFerry(stage, ['drain', 'compute11', '--yes', '--deadline', '2020-01-01T00:00:00Z']);
  expect(late).toMatchObject({
    code: 4,
    err: expect.stringContaining('the deadline cannot be met') as string,
  });
  expect(await stage.client().migrations()).toEqual([]);
  const done = await runFerry(stage, ['drain', 'compute11', '--yes']);
  expect(done.code).toBe(0);
  expect(stage.world.host('compute11').domains.size).toBe(0);
  expect((await runFerry(stage, ['drain', 'nowhere', '--yes'])).code).toBe(6);
});
