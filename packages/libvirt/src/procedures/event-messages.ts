import { limits } from '../protocol/limits.ts';
import { typedParameter } from '../protocol/typed-parameter.ts';
import { domain, text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';

const callbackId = xdr.int32;

/**
 * Messages that the daemon sends by itself once a callback is registered. `id` is the kind's number when registering
 * (VIR_DOMAIN_EVENT_ID_*), `procedure` the number of the message. Some nest their fields in `msg`, some do not.
 */
export const eventMessages = {
  lifecycle: {
    name: 'domainEventCallbackLifecycle',
    id: 0,
    procedure: 318,
    codec: xdr.struct({
      callbackId,
      msg: xdr.struct({ dom: domain, event: xdr.int32, detail: xdr.int32 }),
    }),
  },
  reboot: {
    name: 'domainEventCallbackReboot',
    id: 1,
    procedure: 319,
    codec: xdr.struct({ callbackId, msg: xdr.struct({ dom: domain }) }),
  },
  /** `dst` is the disk's target name, where the older form of this event gave a path that moves. */
  'block-job': {
    name: 'domainEventBlockJob_2',
    id: 16,
    procedure: 339,
    codec: xdr.struct({ callbackId, dom: domain, dst: text, type: xdr.int32, status: xdr.int32 }),
  },
  'migration-iteration': {
    name: 'domainEventCallbackMigrationIteration',
    id: 20,
    procedure: 359,
    codec: xdr.struct({ callbackId, dom: domain, iteration: xdr.int32 }),
  },
  'job-completed': {
    name: 'domainEventCallbackJobCompleted',
    id: 21,
    procedure: 363,
    codec: xdr.struct({ callbackId, dom: domain, params: xdr.array(typedParameter, limits.jobStats) }),
  },
} as const;

/** Kinds of events that can be asked for. */
export type DomainEventKind = keyof typeof eventMessages;
