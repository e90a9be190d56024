import { moveOptions } from '@ferry/api';
import { type Outputs, run } from '@ferry/workflow';
import type { TortureSpec } from '@ferry/workflow/testing';
import { describe, expect, test } from 'vitest';
import type { Services } from '../engine/services.ts';
import { guestId, type MoveCase, tortureWorld } from '../move/tests/move-workflows.test-support.ts';
import { tortureCases } from '../move/tests/torture-cases.test-support.ts';
import type { RehearsalInput } from './rehearsal-input.ts';
import { submitRehearsal } from './submit-rehearsal.ts';
import { rehearseWorkflow } from './workflow.ts';

async function accepted(services: Services): Promise<RehearsalInput> {
  const { id } = await submitRehearsal(services, 'admin', guestId, {
    ...moveOptions({ defineNetworks: true, definePools: true }),
    kind: 'live-migration',
    host: 'compute12',
    hold: false,
    resizeTo: null,
    said: [],
  });
  return (await services.store.operations.byId(id))?.input as RehearsalInput;
}

/** What both have in common is most of it: the gate tries the one that copies disks. */
const directories =
  process.env['FERRY_GATE'] === '1' ? (['/images'] as const) : (['/shared', '/images'] as const);
const cases: readonly MoveCase[] = directories.map((directory) => ({
  kind: 'live-migration',
  directory,
  state: 'running',
}));

describe.each(cases)('rehearsal of a live migration from $directory', async (given) => {
  const spec: TortureSpec<RehearsalInput, Services, Outputs> = {
    workflow: rehearseWorkflow,
    makeWorld: () => tortureWorld(given, accepted),
  };
  const all = await tortureCases(spec);
  test.concurrent.each(all)(
    '$name',
    async (one) => {
      await expect(one.run()).resolves.toBeUndefined();
    },
    600_000,
  );

  test('it tries all of it, and hosts are as before', async () => {
    const world = await spec.makeWorld();
    const before = structuredClone(world.snapshot()) as { hosts: unknown };
    const { services, input } = world;
    const log = services.store.operations;
    const result = await run(rehearseWorkflow, input.migrationId, input, services, log);
    expect(result).toMatchObject({ kind: 'done' });
    expect((world.snapshot() as { hosts: unknown }).hosts).toEqual(before.hosts);
    const { rehearsal } = (await services.store.migrations.byId(input.migrationId)) ?? {};
    expect(rehearsal?.phases.map(({ phase, problem }) => [phase, problem])).toEqual([
      ['inspect-target', null],
      ['prepare-networks', null],
      ['prepare-storage', null],
      ['prepare-firewall', null],
      ['prepare-images', null],
      ['send-memory', null],
      ['send-disk', null],
    ]);
    expect(rehearsal).toMatchObject({ kept: [], asBefore: true });
    await world.close?.();
  });
});
