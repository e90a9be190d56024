import { expect, test } from 'vitest';
import { Stage } from './world.ts';

/** How often a host that only looks on was asked what it sees, since a length of the list of calls. */
function asked(stage: Stage, from: number, method: string): number {
  return stage.world.faults.calls.slice(from).filter((one) => one === `compute13 ${method}`).length;
}

test('many guests of a directory are checked: each other host is asked once which directories it sees', async () => {
  await using stage = await Stage.open();
  const names = Array.from({ length: 12 }, (_, number) => `vm-${number}`);
  for (const name of names) await stage.guest({ name, state: 'shutoff' });
  const from = stage.world.faults.calls.length;
  for (const name of names) await stage.client().check(name, { kind: 'cold-migration', host: 'compute12' });
  // Once by the checks; the controller's own rounds ask now and then, too.
  expect(asked(stage, from, 'storage.inUse')).toBeLessThan(names.length / 2);
  expect(asked(stage, from, 'storage.seesProbe')).toBeLessThan(names.length / 2);
});

test('the last look before files are deleted asks anew', async () => {
  await using stage = await Stage.open();
  await stage.guest({ name: 'web', state: 'shutoff' });
  await stage.client().check('web', { kind: 'cold-migration', host: 'compute12' });
  const from = stage.world.faults.calls.length;
  const { id } = await stage.client().migrate('web', { kind: 'cold-migration', host: 'compute12' });
  await stage.over(id);
  await stage.quiet();
  expect(asked(stage, from, 'storage.inUse')).toBeGreaterThan(0);
  expect(stage.files('compute11').filter((path) => path.includes('web'))).toEqual([]);
});
