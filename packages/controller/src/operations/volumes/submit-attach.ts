import { randomUUID } from 'node:crypto';
import { type Caller, chooseTarget, type Host, type Instance, type VolumeAttachment } from '@ferry/model';
import type { RequestContext } from '../../store/operations/action-store.ts';
import type { VolumeRecord } from '../../store/storage/catalogue-store.ts';
import { refusalOf } from '../engine/host-error.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { volumeOfCaller } from './find-volume.ts';
import { instanceForVolumes, untilTaken } from './instance-for-volumes.ts';
import { type AttachInput, whyNotHere } from './attach-volume.ts';

/** A volume that an instance is to have. */
export interface WantedVolume {
  readonly volumeId: string;
  /** The name that the guest is to have for it; null: the next free one. */
  readonly device: string | null;
  readonly tag: string | null;
  readonly deleteOnTermination: boolean;
}

/** An attaching that was accepted. */
interface AcceptedAttach {
  readonly operationId: string;
  readonly attachment: VolumeAttachment;
}

/** Who asks, by which request. */
type AskedByCaller = RequestContext & { readonly caller: Caller };

/** Accepts the attaching of a volume, or refuses it with everything that is in its way. Accepting is one transaction. */
export function submitAttach(
  services: Services,
  asked: AskedByCaller,
  instanceId: string,
  wanted: WantedVolume,
): Promise<AcceptedAttach> {
  return untilTaken(instanceId, () => tryAttach(services, asked, instanceId, wanted));
}

async function tryAttach(
  services: Services,
  asked: AskedByCaller,
  instanceId: string,
  wanted: WantedVolume,
): Promise<AcceptedAttach | null> {
  const { store } = services;
  const states = ['active', 'paused', 'stopped'] as const;
  const { instance, host } = await instanceForVolumes(services, instanceId, 'attach_volume', states);
  const record = await volumeOfCaller(services, asked.caller, wanted.volumeId);
  requireFree(record, instance);
  const reasons = await whyNotHere(services, record.volume, instance, host).catch((error: unknown) => {
    throw refusalOf(error);
  });
  if (reasons.length > 0)
    throw notNow(
      `Invalid volume: ${record.volume.id} cannot be attached to ${instance.id}: ${reasons.join(' ')}`,
    );
  const target = await freeTarget(services, instance, host, wanted.device);
  const attachment: VolumeAttachment = {
    id: randomUUID(),
    volumeId: record.volume.id,
    instanceId: instance.id,
    target,
    tag: wanted.tag,
    deleteOnTermination: wanted.deleteOnTermination,
    state: 'attaching',
    found: false,
    createdAt: store.now(),
  };
  const operationId = randomUUID();
  const taken = await store.attachments.beginAttach(instance, attachment, {
    operationId,
    workflow: 'attach-volume',
    input: inputOf(record, instance, host, target),
    taskState: 'attaching_volume',
    action: {
      asked: { requestId: asked.requestId, userId: asked.userId, projectId: asked.projectId },
      instanceId: instance.id,
      operationId,
      action: 'attach_volume',
      event: 'compute_attach_volume',
      host: host.name,
    },
  });
  return taken.kind === 'taken' ? { operationId, attachment } : null;
}

function inputOf({ volume }: VolumeRecord, instance: Instance, host: Host, target: string): AttachInput {
  const { place, format, shareable } = volume;
  return {
    instanceId: instance.id,
    instanceName: instance.name,
    host: { id: host.id, name: host.name, uri: host.uri },
    volumeId: volume.id,
    volumeName: volume.name,
    disk: { target, serial: volume.id, place, format, shareable },
  };
}

/** One that another instance has, or that is being made or deleted, is not given; in Nova's words. */
function requireFree({ volume, attachments }: VolumeRecord, instance: Instance): void {
  const own = attachments.find((one) => one.instanceId === instance.id);
  if (own !== undefined)
    throw notNow(
      `Invalid volume: volume ${volume.id} already attached to ${instance.id} as /dev/${own.target}`,
    );
  if (volume.state !== 'ready') throw notNow(`Invalid volume: volume ${volume.id} is ${volume.state}`);
  const [other] = attachments;
  if (other === undefined || volume.shareable) return;
  throw notNow(
    `Invalid volume: volume ${volume.id} is ${other.state} at instance ${other.instanceId}, and not shareable`,
  );
}

async function freeTarget(
  { hypervisor, limits }: Services,
  instance: Instance,
  host: Host,
  wanted: string | null,
): Promise<string> {
  const { disks } = hypervisor.host(host.uri);
  const there = await disks.of(instance.id, { deadlineMs: limits.inspectMs }).catch((error: unknown) => {
    throw refusalOf(error);
  });
  const choice = chooseTarget(
    there.map(({ target }) => target),
    wanted,
  );
  if (choice.kind === 'chosen') return choice.target;
  if (choice.kind === 'full') throw notNow(`instance ${instance.id} has all disks that it can have`);
  throw new Refusal('device-taken', `The supplied device path (/dev/${choice.target}) is in use.`);
}

function notNow(message: string): Refusal {
  return new Refusal('volume-state', message);
}
