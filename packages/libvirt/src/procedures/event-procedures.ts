import { domain, maybeText, network, nodeDevice, secret, storagePool } from '../protocol/types.ts';
import { int32, nothing, optional, struct, uint32 } from '../xdr/codec.ts';
import { command, procedure, qemuProgram } from './procedure.ts';

const callback = struct({ callbackId: int32 });

/** Registering for events, of one object or of all, and giving that up: `followEvents` does it. */
export const eventProcedures = {
  connectDomainEventCallbackRegisterAny: procedure(
    316,
    struct({ eventId: int32, dom: optional(domain) }),
    callback,
  ),
  connectDomainEventCallbackDeregisterAny: command(317, callback),
  connectNetworkEventRegisterAny: procedure(
    313,
    struct({ eventId: int32, net: optional(network) }),
    callback,
  ),
  connectNetworkEventDeregisterAny: command(314, callback),
  connectStoragePoolEventRegisterAny: procedure(
    368,
    struct({ eventId: int32, pool: optional(storagePool) }),
    callback,
  ),
  connectStoragePoolEventDeregisterAny: command(369, callback),
  connectNodeDeviceEventRegisterAny: procedure(
    374,
    struct({ eventId: int32, dev: optional(nodeDevice) }),
    callback,
  ),
  connectNodeDeviceEventDeregisterAny: command(375, callback),
  connectSecretEventRegisterAny: procedure(
    380,
    struct({ eventId: int32, secret: optional(secret) }),
    callback,
  ),
  connectSecretEventDeregisterAny: command(381, callback),
  /** `event` null is all that QEMU's monitor says. */
  qemuConnectDomainMonitorEventRegister: procedure(
    4,
    struct({ dom: optional(domain), event: maybeText, flags: uint32 }),
    callback,
    qemuProgram,
  ),
  qemuConnectDomainMonitorEventDeregister: procedure(5, callback, nothing, qemuProgram),
} as const;
