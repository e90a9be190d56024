import type { SimulatedWorld } from '@ferry/hypervisor/simulated';
import { firstProject, firstUser } from '@ferry/model';
import { backOff, type Outputs, resume, run } from '@ferry/workflow';
import type { TortureSpec, TortureWorld } from '@ferry/workflow/testing';
import { describe, expect, test } from 'vitest';
import { type AttachInput, attachVolumeWorkflow, concludeAttach } from '../../volumes/attach-volume.ts';
import { submitAttach } from '../../volumes/submit-attach.ts';
import {
  concludeDetach,
  type DetachInput,
  detachVolumeWorkflow,
  submitDetach,
} from '../../volumes/detach-volume.ts';
import {
  concludeCreateVolume,
  type CreateVolumeInput,
  createVolumeWorkflow,
} from '../../volumes/create-volume.ts';
import { submitCreateVolume } from '../../volumes/submit-create-volume.ts';
import {
  type DeleteVolumeInput,
  deleteVolumeWorkflow,
  submitDeleteVolume,
} from '../../volumes/delete-volume.ts';
import {
  type ExtendVolumeInput,
  extendVolumeWorkflow,
  submitExtendVolume,
} from '../../volumes/extend-volume.ts';
import { askedByFirst, firstCaller } from '../../engine/first-caller.test-support.ts';
import { guestId, tortureWorld } from './move-workflows.test-support.ts';
import type { Services } from '../../engine/services.ts';
import { tortureCases } from './torture-cases.test-support.ts';
import { addVolumeType } from '../../volumes/volume-types.ts';
import { createVolume } from '../../volumes/take-into-catalogue.ts';

const anyTime = { changedSince: null, changedBefore: null, marker: null };
const wanted = { device: null, tag: null, deleteOnTermination: false };

/** A volume in a pool that nothing else uses, attached no further than its being accepted. */
async function acceptedAttach(
  services: Services,
  world: SimulatedWorld,
  pool: 'runs' | 'stopped',
): Promise<{ volumeId: string; operationId: string; input: AttachInput }> {
  const spare = { type: 'dir', active: true, autostart: true, directory: '/images', source: '' };
  world.host('compute11').pools.set('spare', spare);
  const { volume } = await createVolume(services, {
    name: 'extra',
    description: null,
    projectId: firstProject.id,
    userId: firstUser.id,
    place: { kind: 'pool', pool: 'spare', name: 'extra.qcow2' },
    hosts: ['compute11'],
    sizeBytes: 1024 ** 3,
    format: null,
    shareable: false,
  });
  spare.active = pool === 'runs';
  const { operationId } = await submitAttach(services, askedByFirst, guestId, {
    ...wanted,
    volumeId: volume.id,
  });
  const operation = await services.store.operations.byId(operationId);
  return { volumeId: volume.id, operationId, input: operation?.input as AttachInput };
}

async function acceptedDetach(
  services: Services,
  world: SimulatedWorld,
): Promise<{ volumeId: string; operationId: string; input: DetachInput }> {
  const { volumeId, operationId: attach, input } = await acceptedAttach(services, world, 'runs');
  const { operations } = services.store;
  const done = await run(attachVolumeWorkflow, attach, input, services, operations, {});
  await concludeAttach(services.store, attach, input, done);
  const operationId = await submitDetach(services, askedByFirst, guestId, volumeId);
  const operation = await operations.byId(operationId);
  return { volumeId, operationId, input: operation?.input as DetachInput };
}

type State = 'running' | 'shutoff';

/** With the names of the guest's disks in its snapshot. */
async function worldOf<Input>(
  state: State,
  accept: (services: Services, world: SimulatedWorld) => Promise<{ readonly input: Input }>,
): Promise<TortureWorld<Input, Services>> {
  let simulated: SimulatedWorld | null = null;
  const given = { kind: 'live-migration', directory: '/shared', state } as const;
  const world = await tortureWorld(given, async (services, made) => {
    simulated = made;
    return (await accept(services, made)).input;
  });
  const snapshot = world.snapshot.bind(world);
  const told = (): unknown => ({
    // What Ferry makes is called after its id, which is another in each world.
    all: JSON.parse(JSON.stringify(snapshot()).replaceAll(/volume-[0-9a-f-]{36}/g, 'volume')) as unknown,
    targets: simulated === null ? [] : targetsIn(simulated),
  });
  return Object.defineProperty(world, 'snapshot', { value: told });
}

function targetsIn(world: SimulatedWorld): string[] {
  const { xml = '' } = world.host('compute11').domains.get(guestId) ?? {};
  return Array.from(xml.matchAll(/<target dev=['"](vd[a-z])/g), ([, target = '']) => target);
}

describe.each(['running', 'shutoff'] as const)('attaching to a guest that is %s', (state) => {
  describe.each(['runs', 'stopped'] as const)('from a pool that %s', async (pool) => {
    const spec: TortureSpec<AttachInput, Services, Outputs> = {
      workflow: attachVolumeWorkflow,
      makeWorld: () => worldOf(state, (services, world) => acceptedAttach(services, world, pool)),
    };
    const all = await tortureCases(spec);
    test.each(all)('$name', async ({ run: torture }) => {
      await expect(torture()).resolves.toBeUndefined();
    });
  });
});

describe.each(['running', 'shutoff'] as const)('detaching from a guest that is %s', async (state) => {
  const spec: TortureSpec<DetachInput, Services, Outputs> = {
    workflow: detachVolumeWorkflow,
    makeWorld: () => worldOf(state, acceptedDetach),
  };
  const all = await tortureCases(spec);
  test.each(all)('$name', async ({ run: torture }) => {
    await expect(torture()).resolves.toBeUndefined();
  });
});

/** Volumes of a project are made in a pool that nothing else uses; of two hosts, where they are said to share it. */
async function acceptedCreate(
  services: Services,
  world: SimulatedWorld,
): Promise<{ id: string; operationId: string; input: CreateVolumeInput }> {
  for (const name of ['compute11', 'compute12'])
    world.host(name).pools.set('spare', {
      type: 'dir',
      active: true,
      autostart: true,
      directory: '/shared',
      source: '',
    });
  const type = { name: 'spare', description: null, pool: 'spare', isDefault: true };
  await addVolumeType(services, { ...type, hosts: ['compute11', 'compute12'], shared: true });
  const none = { withInstance: null, withVolumes: [], apartFrom: [] };
  const { record, operationId } = await submitCreateVolume(services, firstCaller, {
    name: 'extra',
    description: null,
    sizeGib: 1,
    type: null,
    zone: null,
    metadata: {},
    hints: none,
  });
  const operation = await services.store.operations.byId(operationId);
  return { id: record.volume.id, operationId, input: operation?.input as CreateVolumeInput };
}

/** A volume that was made, and that an operation is to extend or to delete. */
async function madeVolume(services: Services, world: SimulatedWorld): Promise<string> {
  const { id, operationId, input } = await acceptedCreate(services, world);
  const { operations } = services.store;
  const done = await run(createVolumeWorkflow, operationId, input, services, operations, {});
  await concludeCreateVolume(services.store, operationId, input, done);
  return id;
}

async function inputOf(services: Services, operationId: string): Promise<unknown> {
  return (await services.store.operations.byId(operationId))?.input;
}

describe('making a volume in a pool that hosts share', async () => {
  const spec: TortureSpec<CreateVolumeInput, Services, Outputs> = {
    workflow: createVolumeWorkflow,
    makeWorld: () => worldOf('running', (services, world) => acceptedCreate(services, world)),
  };
  const all = await tortureCases(spec);
  test.each(all)('$name', async ({ run: torture }) => {
    await expect(torture()).resolves.toBeUndefined();
  });
});

describe('extending a volume', async () => {
  const spec: TortureSpec<ExtendVolumeInput, Services, Outputs> = {
    workflow: extendVolumeWorkflow,
    makeWorld: () =>
      worldOf('running', async (services, world) => ({
        input: (await inputOf(
          services,
          await submitExtendVolume(services, firstCaller, await madeVolume(services, world), 2),
        )) as ExtendVolumeInput,
      })),
  };
  const all = await tortureCases(spec);
  test.each(all)('$name', async ({ run: torture }) => {
    await expect(torture()).resolves.toBeUndefined();
  });
});

describe('deleting a volume', async () => {
  const spec: TortureSpec<DeleteVolumeInput, Services, Outputs> = {
    workflow: deleteVolumeWorkflow,
    makeWorld: () =>
      worldOf('running', async (services, world) => ({
        input: (await inputOf(
          services,
          await submitDeleteVolume(services, firstCaller, await madeVolume(services, world)),
        )) as DeleteVolumeInput,
      })),
  };
  const all = await tortureCases(spec);
  test.each(all)('$name', async ({ run: torture }) => {
    await expect(torture()).resolves.toBeUndefined();
  });
});

test('a volume whose clean-up waits for a host is told as failed, and is whole again when that is back', async () => {
  const seen: unknown[] = [];
  await tortureWorld(
    { kind: 'live-migration', directory: '/shared', state: 'running' },
    async (services, world) => {
      const { store } = services;
      const { id, operationId, input } = await acceptedCreate(services, world);
      // What the one made the other does not see, and what is to be taken back is not reached.
      world.host('compute12').pools.set('spare', {
        type: 'dir',
        active: true,
        autostart: true,
        directory: '/images',
        source: '',
      });
      world.faults.plan('compute11', 'pools.ensureNoVolume', 'unreachable', 1000);
      const retry = backOff({ firstMs: 1, longestMs: 1, attempts: 2 });
      const stuck = await run(createVolumeWorkflow, operationId, input, services, store.operations, {
        retry,
      });
      for (const _ of [1, 2]) seen.push(await concludeCreateVolume(store, operationId, input, stuck));
      const told = (await store.catalogue.byId(id))?.volume;
      seen.push(stuck.kind, told?.state, told?.fault, told?.made);
      const refused = submitDeleteVolume(services, firstCaller, id).catch((error: unknown) => String(error));
      seen.push(await refused);
      world.faults.clear();
      const over = await resume(createVolumeWorkflow, operationId, services, store.operations, {});
      seen.push(over.kind, await concludeCreateVolume(store, operationId, input, over));
      const after = (await store.catalogue.byId(id))?.volume;
      seen.push(
        after?.operationId,
        after?.made,
        world.host('compute11').directories.get('/shared')?.has(input.place.name),
      );
      return {};
    },
  ).then((world) => world.close?.());
  expect(seen).toEqual([
    'waits',
    'waits',
    'undo-blocked',
    'error',
    expect.stringMatching(/compute12 does not see what compute11 made.*Clean-up is not done yet: compute11/),
    true,
    expect.stringContaining('has it.'),
    'undone',
    'over',
    null,
    false,
    false,
  ]);
});

test('what was accepted ends as the catalogue tells it: in use, then free, with both in the actions', async () => {
  const seen: unknown[] = [];
  await tortureWorld(
    { kind: 'live-migration', directory: '/shared', state: 'running' },
    async (services, world) => {
      const { store } = services;
      const { volumeId, operationId, input } = await acceptedDetach(services, world);
      seen.push((await store.catalogue.byId(volumeId))?.attachments.map((one) => one.state));
      const done = await run(detachVolumeWorkflow, operationId, input, services, store.operations, {});
      for (const _ of [1, 2]) await concludeDetach(store, operationId, input, done);
      seen.push((await store.catalogue.byId(volumeId))?.attachments);
      const actions = await store.actions.page({ ...anyTime, instanceId: guestId, limit: 9 });
      seen.push(actions === 'no-marker' ? actions : actions.map(({ action, message }) => [action, message]));
      seen.push((await store.instances.byId(guestId))?.operationId);
      return {};
    },
  ).then((world) => world.close?.());
  expect(seen).toEqual([
    ['detaching'],
    [],
    [
      ['detach_volume', null],
      ['attach_volume', null],
    ],
    null,
  ]);
});

test('a guest that keeps its disk keeps its volume, and is told why', async () => {
  const seen: unknown[] = [];
  await tortureWorld(
    { kind: 'live-migration', directory: '/shared', state: 'running' },
    async (services, world) => {
      const { store } = services;
      const { volumeId, operationId, input } = await acceptedDetach(services, world);
      Object.assign(world.host('compute11').domains.get(guestId) ?? {}, { keepsDisks: true });
      const kept = await run(detachVolumeWorkflow, operationId, input, services, store.operations, {});
      await concludeDetach(store, operationId, input, kept);
      seen.push(kept.kind, targetsIn(world));
      seen.push((await store.catalogue.byId(volumeId))?.attachments.map((one) => one.state));
      const actions = await store.actions.page({ ...anyTime, instanceId: guestId, limit: 1 });
      seen.push(actions === 'no-marker' ? null : actions[0]?.message);
      return {};
    },
  ).then((world) => world.close?.());
  expect(seen).toEqual([
    'undone',
    ['vda', 'vdb', 'vdc', 'vdd'],
    ['attached'],
    expect.stringContaining('extra stays attached as /dev/vdd: the guest does not let go of it') as string,
  ]);
});
