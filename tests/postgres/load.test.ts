import { postgresDatabase } from '@ferry/controller/test-database';
import { expect, test } from 'vitest';
import { runLoad } from '../load/run-load.ts';

test('sixty migrations at once, one of two controllers is killed meanwhile: each ends once, and no claim is left', async () => {
  const database = (await postgresDatabase()) ?? '';
  const result = await runLoad({ migrations: 60, database, killEachMs: 1_000, leaseMs: 2_000 });
  expect(result.kills).toBeGreaterThan(0);
  const { completed = 0, failed = 0 } = result.statuses;
  // One that the dead controller led itself, with a disk of its own, is taken back where the target had not got it all yet.
  expect(completed + failed).toBe(60);
  expect(completed).toBeGreaterThan(0);
  expect(result.atHome).toBe(60);
  expect(result.maxRunners).toBe(1);
  expect(result.left).toEqual({ claims: 0, operations: 0 });
});
