import { qemuProgram } from '../procedures/procedure.ts';
import { domain, maybeText, network, nodeDevice, secret, storagePool, text } from '../protocol/types.ts';
import { hyper, type Infer, int32, struct, uint32 } from '../xdr/codec.ts';
import { domainEventMessages } from './domain-event-messages.ts';
import { callbackId, message } from './event-families.ts';

const change = { event: int32, detail: int32 };

/** Messages of what is not a domain, and of QEMU's monitor. `event` is the number of the family's lifecycle. */
const connectionEventMessages = {
  /** `event` is a NetworkEvent. */
  'network-lifecycle': message(
    'network',
    { name: 'networkEventLifecycle', id: 0, procedure: 315 },
    struct({ callbackId, net: network, ...change }),
  ),
  'network-metadata-change': message(
    'network',
    { name: 'networkEventCallbackMetadataChange', id: 1, procedure: 446, since: '9.8' },
    struct({ callbackId, net: network, type: int32, nsuri: maybeText }),
  ),
  /** `event` is a StoragePoolEvent. */
  'storage-pool-lifecycle': message(
    'storagePool',
    { name: 'storagePoolEventLifecycle', id: 0, procedure: 370 },
    struct({ callbackId, pool: storagePool, ...change }),
  ),
  /** The pool's volumes were looked for anew. */
  'storage-pool-refresh': message(
    'storagePool',
    { name: 'storagePoolEventRefresh', id: 1, procedure: 373 },
    struct({ callbackId, pool: storagePool }),
  ),
  /** `event` is a NodeDeviceEvent. */
  'node-device-lifecycle': message(
    'nodeDevice',
    { name: 'nodeDeviceEventLifecycle', id: 0, procedure: 376 },
    struct({ callbackId, dev: nodeDevice, ...change }),
  ),
  'node-device-update': message(
    'nodeDevice',
    { name: 'nodeDeviceEventUpdate', id: 1, procedure: 377 },
    struct({ callbackId, dev: nodeDevice }),
  ),
  /** `event` is a SecretEvent. */
  'secret-lifecycle': message(
    'secret',
    { name: 'secretEventLifecycle', id: 0, procedure: 382 },
    struct({ callbackId, secret, ...change }),
  ),
  'secret-value-changed': message(
    'secret',
    { name: 'secretEventValueChanged', id: 1, procedure: 383 },
    struct({ callbackId, secret }),
  ),
  /** What QEMU's monitor says, as it says it: `event` its name, `details` JSON. For those who debug, not for programs. */
  'qemu-monitor': message(
    'qemuMonitor',
    { name: 'qemuDomainMonitorEvent', id: 0, procedure: 6 },
    struct({ callbackId, dom: domain, event: text, seconds: hyper, micros: uint32, details: maybeText }),
    qemuProgram,
  ),
} as const;

/** All messages that the daemon sends by itself, by our names of their kinds. */
export const eventMessages = { ...domainEventMessages, ...connectionEventMessages } as const;

/** Kinds of events that can be asked for. */
export type EventKind = keyof typeof eventMessages;

type FieldsOf<K extends EventKind> = Infer<(typeof eventMessages)[K]['codec']>;
type Flat<T> = Omit<T, 'callbackId' | 'msg'> & (T extends { readonly msg: infer M } ? M : unknown);

/** A message that could not be understood, of a kind that was asked for or of one that this client does not know. */
export interface UndecodableEvent {
  readonly kind: 'undecodable';
  readonly program: number;
  readonly procedure: number;
  readonly bytes: Uint8Array;
}

/** So many events came that this many could not be kept. */
export interface OverflowEvent {
  readonly kind: 'overflow';
  readonly lost: number;
}

/**
 * Something that a daemon tells by itself, with the fields of its message. What cannot be decoded or did not fit is told
 * too, never dropped in silence.
 */
export type LibvirtEvent<K extends EventKind = EventKind> =
  | { [P in K]: { readonly kind: P } & Readonly<Flat<FieldsOf<P>>> }[K]
  | UndecodableEvent
  | OverflowEvent;
