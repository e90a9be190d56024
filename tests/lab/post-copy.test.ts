import { until } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findingOf } from './finding-of.ts';
import { LabWorld } from './lab-world.ts';

let world: LabWorld;
const busy = {
  host: 'compute11',
  storage: 'shared',
  memoryMib: 256,
  dirty: { mib: 96, mibPerSecond: 60 },
} as const;
/** Less than the guest changes in a second, more than a weak link. */
const bandwidthBytesPerSecond = 30 * 1024 * 1024;

beforeAll(async () => {
  world = await LabWorld.up('postcopy', 2);
});
afterAll(() => world?.down());

/** Starts a move, and waits until the target runs the guest with a part of its memory. */
async function begun(name: string, postCopy: 'ask' | 'restart'): Promise<string> {
  const { id } = await world.move(name, 'live', 'compute12', { bandwidthBytesPerSecond, postCopy });
  await world.waitFor(id, 'in post-copy', (one) => one.phase.startsWith('post-copy: compute12 runs it'));
  await until('the target to run it', 120_000, async () =>
    (await state('compute12', name)) === 'running (post-copy)' ? true : null,
  );
  return id;
}

async function state(host: string, name: string): Promise<string> {
  const { stdout } = await world.host(host).exec(['virsh', '-q', 'domstate', '--reason', name]);
  return stdout.trim();
}

test('a guest that changes memory too fast is moved by it whole, and the checks said what it puts at stake', async () => {
  const guest = await world.guest({ name: 'busy', ...busy });
  const { id: boot } = await guest.waitAlive();
  expect(await findingOf(world, 'busy', 'post-copy', { postCopy: 'ask' })).toMatchObject({
    severity: 'warning',
  });
  const id = await begun('busy', 'ask');
  expect(await world.ended(id)).toMatchObject({ status: 'completed', error: null });
  expect(await world.lab.runners('busy')).toEqual(['compute12']);
  expect(await guest.waitAlive()).toMatchObject({ id: boot, bad: 0 });
  await world.host('compute12').virsh('destroy', 'busy');
});

test("the target's QEMU is killed meanwhile: a person is asked, and the source's stale copy is not let run", {
  tags: 'thorough',
}, async () => {
  await world.guest({ name: 'ask', ...busy });
  const id = await begun('ask', 'ask');
  await world.host('compute12').killQemu('ask');
  const blocked = await world.waitFor(id, 'blocked', (one) => one.phase.startsWith('blocked:'));
  expect(blocked.phase).toContain('Never resume the source');
  // libvirt's word for it: by whether it saw the end of QEMU before the end of its own transfer.
  expect(await state('compute12', 'ask')).toMatch(/^shut off \((crashed|failed)\)$/);
  expect(await state('compute11', 'ask')).toBe('paused (post-copy failed)');
});
