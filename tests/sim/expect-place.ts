import { expect } from 'vitest';
import type { Stage } from './world.ts';

/** The instance is where it was, runs there once, and nothing of the attempt is left on any host. */
export async function expectAsBefore(
  stage: Stage,
  id: string,
  before: ReturnType<Stage['hosts']>,
): Promise<void> {
  expect(stage.world.runners(id)).toEqual(['compute11']);
  expect(stage.hosts()).toEqual(before);
  expect(await stage.client().instance(id)).toMatchObject({
    host: 'compute11',
    generation: 1,
    taskState: null,
    migrationId: null,
    powerState: 'running',
  });
}

/** The instance is at the target, runs there once, and the source has no copy of it. */
export async function expectMoved(stage: Stage, id: string): Promise<void> {
  expect(stage.world.runners(id)).toEqual(['compute12']);
  expect(stage.hosts()['compute11']?.domains).toEqual({});
  expect(stage.files('compute11').filter((path) => path !== '/images/base.qcow2')).toEqual([]);
  expect(await stage.client().instance(id)).toMatchObject({
    host: 'compute12',
    generation: 2,
    taskState: null,
    migrationId: null,
    powerState: 'running',
  });
}
