import type { SimulatedWorld } from '@ferry/hypervisor/simulated';
import { type PowerAction, powerActions, type VmState } from '@ferry/model';
import type { Outputs } from '@ferry/workflow';
import type { TortureSpec, TortureWorld } from '@ferry/workflow/testing';
import { describe, expect, test } from 'vitest';
import { guestId, tortureWorld } from '../move/tests/move-workflows.test-support.ts';
import type { Services } from '../engine/services.ts';
import { tortureCases } from '../move/tests/torture-cases.test-support.ts';
import { type PowerInput, powerWorkflow } from './power.ts';
import { submitPower } from './submit-power.ts';

const asked = { requestId: 'req-1', userId: 'u', projectId: 'p' };

/** Has the guest in a state from which the action is allowed, on its host and on record. */
async function begin(
  services: Services,
  world: SimulatedWorld,
  action: PowerAction,
  from: VmState,
): Promise<PowerInput> {
  const domain = world.host('compute11').domains.get(guestId);
  if (domain === undefined) throw new Error('the guest is there');
  if (from === 'paused') Object.assign(domain, { state: 'paused', reason: 'user' });
  if (from === 'suspended') Object.assign(domain, { state: 'shutoff', reason: 'saved', saved: true });
  await services.store.instances.setVmState(guestId, from);
  const id = await submitPower(services, asked, guestId, action);
  return (await services.store.operations.byId(id))?.input as PowerInput;
}

/** With how the guest came to run in its snapshot: after a reboot nothing else is as new. */
async function worldFor(action: PowerAction, from: VmState): Promise<TortureWorld<PowerInput, Services>> {
  const state = from === 'stopped' ? 'shutoff' : 'running';
  let simulatedWorld: SimulatedWorld | null = null;
  const world = await tortureWorld(
    { kind: 'live-migration', directory: '/shared', state },
    (services, simulated) => {
      simulatedWorld = simulated;
      Object.assign(guestIn(simulated) ?? {}, { reason: 'migrated' });
      return begin(services, simulated, action, from);
    },
  );
  const snapshot = world.snapshot.bind(world);
  const told = (): unknown => ({ all: snapshot(), reason: guestIn(simulatedWorld)?.reason });
  return Object.defineProperty(world, 'snapshot', { value: told });
}

function guestIn(world: SimulatedWorld | null): { readonly reason: string } | undefined {
  return world?.host('compute11').domains.get(guestId);
}

const cases = (Object.keys(powerActions) as PowerAction[]).map((action) => ({
  action,
  from: powerActions[action].from[0] ?? 'active',
}));

describe.each(cases)('$action of one that is $from', async ({ action, from }) => {
  const spec: TortureSpec<PowerInput, Services, Outputs> = {
    workflow: powerWorkflow,
    makeWorld: () => worldFor(action, from),
  };
  // Nothing of it is taken back: only the cases that go on to the end apply.
  const goOn = await tortureCases(spec, ({ name }) => name.endsWith('comes to its end'));
  test.each(goOn)('$name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});
