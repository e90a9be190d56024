import { Readable } from 'node:stream';
import { guestId, type FormerStage } from './former-stage.ts';
import type { Any } from './former-version.ts';

/** Each has a former version accept one operation, and gives the operation's id. */
type Accept = (stage: FormerStage) => Promise<string>;

/** A flavor that is larger than the guest. */
const larger = {
  id: '2',
  name: 'larger',
  vcpus: 2,
  memoryMib: 128,
  rootGib: 1,
  ephemeralGib: 0,
  swapMib: 0,
  extraSpecs: {},
};

export function move(kind: 'live-migration' | 'cold-migration', hold = false): Accept {
  return async ({ former, services }) => {
    const { submitMove } = await former.operations('submit-move.ts');
    const { id } = await submitMove(services, 'admin', guestId, {
      kind,
      host: 'compute12',
      bandwidthBytesPerSecond: null,
      maxDowntimeMs: null,
      blockMigration: 'auto',
      shutdownTimeoutMs: 1_000,
      networkMap: {},
      defineNetworks: true,
      poolMap: {},
      pathMap: {},
      definePools: true,
      sharedDevices: [],
      probe: null,
      announce: true,
      postCopy: 'never',
      coordinated: false,
      warm: false,
      hold,
      resizeTo: hold ? larger : null,
    });
    return id;
  };
}

/** All of a live migration but the move. */
export const rehearse: Accept = async ({ former, services }) => {
  const { submitRehearsal } = await former.operations('rehearse/submit-rehearsal.ts');
  const { moveOptions } = await former.part('packages/api/src/index.ts');
  const request = { kind: 'live-migration', host: 'compute12', hold: false, resizeTo: null, said: [] };
  return (await submitRehearsal(services, 'admin', guestId, { ...moveOptions(), ...request })).id;
};

/** Of a move that was held. */
export function decide(decision: 'confirm' | 'revert'): Accept {
  return async (stage) => {
    const { submitDecision } = await stage.former.operations('cold-migrate/held/submit-decision.ts');
    const id = await move('cold-migration', true)(stage);
    await drive(stage, id);
    return (await submitDecision(stage.services, id, decision)).operationId;
  };
}

/** The guest's host was read, and is off. */
export const evacuate: Accept = async ({ former, services, world }) => {
  const { submitEvacuation } = await former.operations('evacuate/submit-evacuation.ts');
  const { fenceHost } = await former.operations('fence-host.ts');
  const { keepDefinitions } = await former.part('packages/controller/src/reconcilers/keep-definitions.ts');
  const { watchHosts } = await former.part('packages/controller/src/reconcilers/watch-hosts.ts');
  const { powerOff } = await former.part('packages/hypervisor/src/simulated/index.ts');
  await watchHosts(services);
  await keepDefinitions(services, 1_000);
  powerOff(world.host('compute11'));
  await watchHosts(services);
  await fenceHost(services, 'compute11', { poweredOff: true });
  const request = { host: 'compute12', sharedPaths: [], leaveOff: false };
  return (await submitEvacuation(services, 'admin', guestId, request)).id;
};

export function power(action: 'stop' | 'reboot-hard'): Accept {
  return async ({ former, services }) => {
    const { submitPower } = await former.operations('power/submit-power.ts');
    return submitPower(services, await askedByFirst({ former }), guestId, action);
  };
}

export const attach: Accept = async ({ former, services, world }) => {
  const { submitAttach } = await former.operations('attach-volume/submit-attach.ts');
  const { createVolume } = await former.operations('volumes/create-volume.ts');
  const asked = await askedByFirst({ former });
  const spare = { type: 'dir', active: true, autostart: true, directory: '/images', source: '' };
  world.host('compute11').pools.set('spare', spare);
  const { volume } = await createVolume(services, {
    name: 'extra',
    description: null,
    projectId: asked.projectId,
    userId: asked.userId,
    place: { kind: 'pool', pool: 'spare', name: 'extra.qcow2' },
    hosts: ['compute11'],
    sizeBytes: 1024 ** 3,
    format: null,
    shareable: false,
  });
  const wanted = { volumeId: volume.id, device: null, tag: null, deleteOnTermination: false };
  return (await submitAttach(services, asked, guestId, wanted)).operationId;
};

/** Of what was attached. */
export const detach: Accept = async (stage) => {
  const { former, services } = stage;
  const { submitDetach } = await former.operations('detach-volume/submit-detach.ts');
  await drive(stage, await attach(stage));
  const [{ volume }] = await services.store.catalogue.list();
  return submitDetach(services, await askedByFirst(stage), guestId, volume.id);
};

/** From an image of the library, with a group that filters. */
export const create: Accept = async (stage) => (await createdServer(stage)).operationId;

/** Of what was created. */
export const remove: Accept = async (stage) => {
  const { submitDelete } = await stage.former.operations('delete-instance/submit-delete.ts');
  const { operationId, instanceId } = await createdServer(stage);
  await drive(stage, operationId);
  return submitDelete(stage.services, await askedByFirst(stage), instanceId);
};

async function createdServer({ former, services }: FormerStage): Promise<Any> {
  const { submitCreate } = await former.operations('create-instance/submit-create.ts');
  const { createFlavor } = await former.operations('flavors/flavors.ts');
  const { createLibraryImage } = await former.operations('image-library/library-images.ts');
  const { uploadImage } = await former.operations('image-library/upload-image.ts');
  const { createGroup } = await former.operations('security-groups/security-groups.ts');
  const { setHost } = await former.operations('set-host.ts');
  const asked = await askedByFirst({ former });
  await setHost(services, 'compute11', { imageDirectory: '/images', removeUnusedImages: true });
  await createGroup(services, { name: 'web', rules: [{ protocol: 'tcp', portMin: 443 }] });
  const size = { vcpus: 1, memoryMib: 64, rootGib: 1, ephemeralGib: 0, swapMib: 0, rxtxFactor: 1 };
  await createFlavor(services, { id: '1', name: 'small', ...size, isPublic: true, description: null });
  const fields = { name: 'tiny', disk_format: 'raw', container_format: 'bare' };
  const image = await createLibraryImage(services, asked.caller, fields);
  await uploadImage(services, asked.caller, image.id, Readable.from([Buffer.from('boot code')]), 9);
  const [ids] = await submitCreate(services, asked, {
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
    userData: Buffer.from('#!/bin/sh\n').toString('base64'),
    configDrive: true,
    zone: null,
    host: null,
    hints: { group: null, sameHost: [], differentHost: [] },
    minCount: 1,
    maxCount: 1,
  });
  return ids;
}

/** A request of the first user, who may do all. */
async function askedByFirst({ former }: Pick<FormerStage, 'former'>): Promise<Any> {
  const { firstProject, firstUser } = await former.part('packages/model/src/index.ts');
  const ids = { userId: firstUser.id, projectId: firstProject.id };
  const names = { userName: firstUser.name, projectName: firstProject.name };
  return { requestId: 'req-1', ...ids, caller: { ...ids, ...names, roles: ['admin'] } };
}

/** Runs an accepted operation and writes down how it ended, as that version does it. */
export async function drive({ former, services }: FormerStage, id: string): Promise<void> {
  const { allWorkflows } = await former.operations('all-workflows.ts');
  const operation = await services.store.operations.byId(id);
  const options = { retry: () => 'give-up' };
  const carried = { id, input: operation.input, how: 'run', services, options, require: () => {} };
  await allWorkflows.get(operation.workflow).drive(carried);
}
