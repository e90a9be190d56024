import type { CallOptions } from '../rpc/call-options.ts';
import type { Connection } from '../rpc/connection.ts';
import type { DomainRef, NetworkRef, NodeDeviceRef, SecretRef, StoragePoolRef } from '../protocol/types.ts';
import { type Program, remoteProgram } from '../procedures/procedure.ts';
import { int32, type Codec } from '../xdr/codec.ts';

/** The one object whose events are wanted, by the family it belongs to; all objects of a family that is not named. */
export interface EventSubjects {
  readonly dom?: DomainRef;
  readonly net?: NetworkRef;
  readonly pool?: StoragePoolRef;
  readonly dev?: NodeDeviceRef;
  readonly secret?: SecretRef;
}

/** How callbacks of a family are registered and given up. Each family counts its callbacks for itself. */
interface Registration {
  readonly register: (
    connection: Connection,
    eventId: number,
    subjects: EventSubjects,
  ) => Promise<{ callbackId: number }>;
  readonly deregister: (connection: Connection, callbackId: number, options: CallOptions) => Promise<void>;
}

export const eventFamilies = {
  domain: {
    register: (connection, eventId, { dom = null }) =>
      connection.call('connectDomainEventCallbackRegisterAny', { eventId, dom }),
    deregister: (connection, callbackId, options) =>
      connection.call('connectDomainEventCallbackDeregisterAny', { callbackId }, options),
  },
  network: {
    register: (connection, eventId, { net = null }) =>
      connection.call('connectNetworkEventRegisterAny', { eventId, net }),
    deregister: (connection, callbackId, options) =>
      connection.call('connectNetworkEventDeregisterAny', { callbackId }, options),
  },
  storagePool: {
    register: (connection, eventId, { pool = null }) =>
      connection.call('connectStoragePoolEventRegisterAny', { eventId, pool }),
    deregister: (connection, callbackId, options) =>
      connection.call('connectStoragePoolEventDeregisterAny', { callbackId }, options),
  },
  nodeDevice: {
    register: (connection, eventId, { dev = null }) =>
      connection.call('connectNodeDeviceEventRegisterAny', { eventId, dev }),
    deregister: (connection, callbackId, options) =>
      connection.call('connectNodeDeviceEventDeregisterAny', { callbackId }, options),
  },
  secret: {
    register: (connection, eventId, { secret = null }) =>
      connection.call('connectSecretEventRegisterAny', { eventId, secret }),
    deregister: (connection, callbackId, options) =>
      connection.call('connectSecretEventDeregisterAny', { callbackId }, options),
  },
  qemuMonitor: {
    register: (connection, _eventId, { dom = null }) =>
      connection.call('qemuConnectDomainMonitorEventRegister', { dom, event: null, flags: 0 }),
    deregister: (connection, callbackId, options) =>
      connection.call('qemuConnectDomainMonitorEventDeregister', { callbackId }, options),
  },
} as const satisfies Record<string, Registration>;

export type EventFamily = keyof typeof eventFamilies;

/** The number of the callback that a message is sent for: the first field of each of them. */
export const callbackId: Codec<number> = int32;

/** A message that the daemon sends by itself once a callback is registered. */
export interface EventMessage<T> {
  readonly family: EventFamily;
  /** The protocol's name of the message, without its prefix. */
  readonly name: string;
  /** The kind's number when registering (`VIR_DOMAIN_EVENT_ID_…` and the like). */
  readonly id: number;
  readonly program: Program;
  /** The number of the message. */
  readonly procedure: number;
  readonly codec: Codec<T>;
  /** The release of libvirt that brought it, where that is later than 9.0; older daemons refuse the callback. */
  readonly since?: string;
}

/** An entry of the table of messages. */
export function message<T>(
  family: EventFamily,
  { name, id, procedure, since }: { name: string; id: number; procedure: number; since?: string },
  codec: Codec<T>,
  program: Program = remoteProgram,
): EventMessage<T> {
  return { family, name, id, program, procedure, codec, ...(since !== undefined && { since }) };
}
