import { powerOff, type SimulatedWorld } from '@ferry/hypervisor/simulated';
import type { Outputs } from '@ferry/workflow';
import type { TortureSpec } from '@ferry/workflow/testing';
import { describe, expect, test } from 'vitest';
import { keepDefinitions } from '../../reconcilers/keep-definitions.ts';
import { watchHosts } from '../../reconcilers/watch-hosts.ts';
import { fenceHost } from '../hosts/fence-host.ts';
import { guestId, type MoveCase, tortureWorld } from '../move/tests/move-workflows.test-support.ts';
import type { Services } from '../engine/services.ts';
import { tortureCases } from '../move/tests/torture-cases.test-support.ts';
import { evacuateWorkflow, type EvacuationMove } from './evacuate-workflow.ts';
import { submitEvacuation } from './submit-evacuation.ts';

/** The guest's host lived long enough to be read, and is off. */
async function evacuated(services: Services, world: SimulatedWorld): Promise<EvacuationMove> {
  await watchHosts(services);
  await keepDefinitions(services, 1_000);
  const [secret] = world.host('compute11').secrets;
  if (secret !== undefined) world.host('compute12').secrets.set(...secret);
  powerOff(world.host('compute11'));
  await watchHosts(services);
  await fenceHost(services, 'compute11', { poweredOff: true });
  const request = { host: 'compute12', sharedPaths: [], accept: [], leaveOff: false };
  const { id } = await submitEvacuation(services, 'admin', guestId, request);
  return (await services.store.operations.byId(id))?.input as EvacuationMove;
}

const cases: readonly MoveCase[] = (['running', 'shutoff'] as const).map((state) => ({
  kind: 'cold-migration',
  directory: '/shared',
  state,
}));

describe.each(cases)('evacuation of a guest that was $state', async (given) => {
  const spec: TortureSpec<EvacuationMove, Services, Outputs> = {
    workflow: evacuateWorkflow,
    makeWorld: () => tortureWorld(given, evacuated),
  };
  const all = await tortureCases(spec);
  test.concurrent.each(all)(
    '$name',
    async ({ run }) => {
      await expect(run()).resolves.toBeUndefined();
    },
    600_000,
  );
});
