import type { MoveBody } from '@ferry/api';
import type { SimulatedFile } from '@ferry/hypervisor/simulated';
import { expect, test } from 'vitest';
import { Stage } from './world.ts';

const mebibyte = 1024 * 1024;
const live: MoveBody = { kind: 'live-migration', host: 'compute12' };
const cold: MoveBody = { ...live, kind: 'cold-migration' };
const disk = 'web-1.qcow2';
const theirs = "another admin's work";

/** Somebody who is no part of it puts a file onto the target, where the disk of the guest will be. */
function put(stage: Stage, name: string, shape: Partial<SimulatedFile> = {}): void {
  const file = { format: 'qcow2', capacityBytes: 64 * mebibyte, backing: null, owner: null, content: theirs };
  stage.world
    .host('compute12')
    .directories.get('/images')
    ?.set(name, { ...file, ...shape });
}

/** What is at its path at the end. */
function contentOf(stage: Stage, name: string): unknown {
  return stage.world.host('compute12').directories.get('/images')?.get(name)?.content;
}

test.each([
  ['live: an image of the same form and size', live, 'storage.ensureImage', {}],
  ['live: another one', live, 'storage.ensureImage', { format: 'raw', capacityBytes: 9 }],
  ['live, while the bases are brought', live, 'storage.makeFile', {}],
  ['cold: an image of the same form and size', cold, 'storage.makeFile', {}],
  ['warm: an image of the same form and size', { ...cold, warm: true }, 'storage.makeFile', {}],
] as const)(
  'a file of somebody else that comes after the target was looked at is neither written to nor taken away: %s',
  async (_, move, call, shape) => {
    await using stage = await Stage.open();
    await stage.guest({ name: 'web' });
    let came = false;
    const { faults } = stage.world;
    faults.afterwards = (host, method) => {
      // From the look at the target on.
      if (!came && host === 'compute12' && method === 'storage.image')
        faults.before('compute12', call, () => put(stage, disk, shape));
      came ||= host === 'compute12' && method === 'storage.image';
    };
    const { id } = await stage.client().migrate('web', move);
    const end = await stage.over(id);
    await stage.quiet();
    expect(contentOf(stage, disk)).toBe(theirs);
    expect(end.error).toMatchObject({ message: expect.stringContaining(`/images/${disk}`) as string });
    expect(await stage.client().instance('web')).toMatchObject({ host: 'compute11', powerState: 'running' });
  },
);

test('nor by a rehearsal, which tells of it', async () => {
  await using stage = await Stage.open();
  await stage.guest({ name: 'web' });
  stage.world.faults.before('compute12', 'storage.ensureImage', () => put(stage, disk));
  const { id } = await stage.client().rehearse('web', live);
  const end = await stage.over(id);
  await stage.quiet();
  expect(contentOf(stage, disk)).toBe(theirs);
  expect(end).toMatchObject({
    status: 'failed',
    error: { code: 'path-taken' },
    rehearsal: { asBefore: true, kept: [expect.stringContaining(`/images/${disk}`)] },
  });
  expect(end.error?.message).toContain(`/images/${disk}`);
});
