import { HostAuthority } from '../../configure/host-authority.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { SimulatedHypervisor, SimulatedWorld } from '@ferry/hypervisor/simulated';
import { type Outputs, run } from '@ferry/workflow';
import {
  beginBeforeAdditions,
  crashEverywhere,
  failEachStep,
  repeatEachStep,
  repeatEachUndo,
  type TortureSpec,
  type TortureWorld,
} from '@ferry/workflow/testing';
import { pino } from 'pino';
import { afterAll, describe, expect, test } from 'vitest';
import { schemaMigrations } from '../../../store/schema/schema-migrations.ts';
import { memoryStore } from '../../../store/database/test-database.test-support.ts';
import { addHost } from '../../hosts/add-host.ts';
import { concludeCreate, createInstanceWorkflow } from '../../create-instance/workflow.ts';
import type { CreateInput } from '../../create-instance/create-context.ts';
import { submitCreate } from '../../create-instance/submit-create.ts';
import type { DeleteInput } from '../../servers/begin-delete.ts';
import { deleteInstanceWorkflow } from '../../servers/delete-instance.ts';
import { submitDelete } from '../../servers/submit-delete.ts';
import { askedByFirst, firstCaller } from '../../engine/first-caller.test-support.ts';
import { createFlavor } from '../../flavors/flavors.ts';
import { HostDirectories } from '../../hosts/host-directories.ts';
import { HostUris } from '../../hosts/host-uris.ts';
import { HostsFile } from '../../hosts/hosts-file.ts';
import { ImageFiles } from '../../image-library/image-files.ts';
import { createLibraryImage } from '../../image-library/library-images.ts';
import { uploadImage } from '../../image-library/image-content.ts';
import { createGroup } from '../../security-groups/security-groups.ts';
import { setHost } from '../../hosts/set-host.ts';
import { ProbeKeeper } from '../../facts/connectivity/probe-keeper.ts';
import { ExpiringCache } from '../../engine/expiring-cache.ts';
import { KeyedLock } from '../../engine/keyed-lock.ts';
import { defaultLimits, type Services } from '../../engine/services.ts';

const library = mkdtempSync(join(tmpdir(), 'ferry-library-'));

afterAll(() => rmSync(library, { recursive: true }));

/** A host with an image of the library to come, a group that filters, and a server that was accepted for it. */
async function acceptedServer(): Promise<{
  world: TortureWorld<CreateInput, Services>;
  services: Services;
  ids: { instanceId: string; operationId: string };
}> {
  const simulated = new SimulatedWorld({ kind: 'own', stepMs: 1 });
  simulated.addHost('compute11');
  const { store, path } = await memoryStore();
  const reader = new DatabaseSync(path);
  const services: Services = {
    store,
    hypervisor: new SimulatedHypervisor(simulated),
    directories: new HostDirectories(new SimulatedHypervisor(simulated), store, defaultLimits.inspectMs),
    hostUris: new HostUris(new HostsFile('/nowhere'), () => []),
    log: pino({ level: 'silent' }),
    limits: { ...defaultLimits, pollMs: 5, aliveMs: 2_000 },
    imageLocks: new KeyedLock(),
    hostChanges: new KeyedLock(),
    linkTurns: new KeyedLock(),
    library: new ImageFiles(library),
    probes: new ProbeKeeper(),
    hostAuthority: new HostAuthority('/nowhere'),
    diskLocks: new ExpiringCache(1),
    directoryNames: new ExpiringCache(1),
  };
  await addHost(services, { uri: 'simulated://compute11/' });
  await setHost(services, 'compute11', { imageDirectory: '/images', removeUnusedImages: true });
  await createGroup(services, { name: 'web', rules: [{ protocol: 'tcp', portMin: 443 }] });
  const flavor = { id: '1', name: 'small', vcpus: 1, memoryMib: 64, rootGib: 1, ephemeralGib: 0, swapMib: 0 };
  await createFlavor(services, { ...flavor, rxtxFactor: 1, isPublic: true, description: null });
  const fields = { name: 'tiny', disk_format: 'raw', container_format: 'bare' };
  const image = await createLibraryImage(services, firstCaller, fields);
  await uploadImage(services, firstCaller, image.id, Readable.from([Buffer.from('boot code')]), 9);
  const [ids] = await submitCreate(services, askedByFirst, {
    name: 'web',
    imageId: image.id,
    flavorId: '1',
    networks: ['default'],
    securityGroups: ['web'],
    metadata: {},
    tags: [],
    description: null,
    hostname: null,
    keyName: null,
    accessIpv4: null,
    accessIpv6: null,
    adminPassword: null,
    userData: Buffer.from('#!/bin/sh\n').toString('base64'),
    configDrive: true,
    zone: null,
    host: null,
    hints: { group: null, sameHost: [], differentHost: [] },
    minCount: 1,
    maxCount: 1,
  });
  if (ids === undefined) throw new Error('it was not accepted');
  const operation = await store.operations.byId(ids.operationId);
  const world: TortureWorld<CreateInput, Services> = {
    input: operation?.input as CreateInput,
    // A process that starts anew has nothing of the old one but the store, the library and the hosts.
    get services() {
      return {
        ...services,
        hypervisor: new SimulatedHypervisor(simulated),
        imageLocks: new KeyedLock(),
        hostChanges: new KeyedLock(),
        linkTurns: new KeyedLock(),
      };
    },
    snapshot: () => ({
      host: hostOf(simulated, ids.instanceId),
      bases: reader.prepare('SELECT count(*) AS count FROM base_image').get()?.['count'],
      groups: reader.prepare('SELECT count(*) AS count FROM instance_security_group').get()?.['count'],
    }),
    close: async () => {
      reader.close();
      await store.close();
    },
  };
  return { world, services, ids };
}

/** All that a creation may change on a host; ids differ from world to world. */
function hostOf(world: SimulatedWorld, instanceId: string): unknown {
  const { domains, directories, filters } = world.host('compute11');
  const plain = (name: string): string =>
    name.replace(instanceId, 'ID').replace(/^ferry-group-.*/, 'ferry-group');
  return {
    domains: [...domains.values()].map(({ state, persistent }) => ({ state, persistent })),
    files: [...directories].map(([path, files]) => [
      path,
      [...files].map(([name, { backing, capacityBytes }]) => [plain(name), backing?.path, capacityBytes]),
    ]),
    filters: [...(filters?.keys() ?? [])].map(plain).toSorted(),
  };
}

describe('create-instance', () => {
  const spec: TortureSpec<CreateInput, Services, Outputs> = {
    workflow: createInstanceWorkflow,
    makeWorld: async () => (await acceptedServer()).world,
  };
  const all = [
    ...failEachStep(spec),
    ...repeatEachStep(spec),
    ...repeatEachUndo(spec),
    ...crashEverywhere(spec),
  ];
  test.concurrent.each(all)(
    '$name',
    async ({ run: torture }) => {
      await expect(torture()).resolves.toBeUndefined();
    },
    600_000,
  );
});

describe('delete-instance', () => {
  const spec: TortureSpec<DeleteInput, Services, Outputs> = {
    workflow: deleteInstanceWorkflow,
    makeWorld: async () => (await acceptedDeletion()).world,
  };
  const all = [
    ...failEachStep(spec),
    ...repeatEachStep(spec),
    ...crashEverywhere(spec),
    ...beginBeforeAdditions(spec),
  ];

  test('what was added to it came with a version of the schema', async () => {
    const versions = Object.keys(await schemaMigrations.getMigrations());
    const added = deleteInstanceWorkflow.steps.flatMap((step) => step.added?.since ?? []);
    expect(added).toHaveLength(2);
    expect(versions).toEqual(expect.arrayContaining(added));
  });

  test.concurrent.each(all)(
    '$name',
    async ({ run: torture }) => {
      await expect(torture()).resolves.toBeUndefined();
    },
    600_000,
  );

  test('leaves nothing of an instance that Ferry made', async () => {
    const { world, operationId } = await acceptedDeletion();
    const { services, input } = world;
    const { operations } = services.store;
    const ended = await run(deleteInstanceWorkflow, operationId, input, services, operations, {});
    expect(ended).toMatchObject({ kind: 'done' });
    expect(world.snapshot()).toEqual({
      host: { domains: [], files: [['/images', []]], filters: [] },
      bases: 0,
      groups: 0,
    });
    await world.close?.();
  });
});

/** A server that was created, and is to be deleted. */
async function acceptedDeletion(): Promise<{
  world: TortureWorld<DeleteInput, Services>;
  operationId: string;
}> {
  const { world, services, ids } = await acceptedServer();
  const { store } = services;
  const { operations } = store;
  const done = await run(createInstanceWorkflow, ids.operationId, world.input, services, operations, {});
  await concludeCreate(store, ids.operationId, world.input, done);
  const operationId = (await submitDelete(services, askedByFirst, ids.instanceId)) ?? '';
  const operation = await operations.byId(operationId);
  const deleting = Object.defineProperty(world as unknown as TortureWorld<DeleteInput, Services>, 'input', {
    value: operation?.input,
  });
  return { world: deleting, operationId };
}
