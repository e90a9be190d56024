import type { CallOptions } from '../rpc/call-options.ts';
import type { Connection } from '../rpc/connection.ts';
import type { DomainRef, NetworkRef, NodeDeviceRef, SecretRef, StoragePoolRef } from '../protocol/types.ts';

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
