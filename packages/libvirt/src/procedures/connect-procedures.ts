import * as xdr from '../xdr/codec.ts';
import { limits } from '../protocol/limits.ts';
import { typedParameters } from '../protocol/typed-parameter.ts';
import { maybeText, text, domain, network, nodeDevice, secret, storagePool } from '../protocol/types.ts';
import { command, procedure, question, qemuProgram } from './procedure.ts';
import { struct, uint32, int32, nothing, optional } from '../xdr/codec.ts';

/** The connection itself, and the daemon as a whole. */
export const connectProcedures = {
  connectOpen: command(1, xdr.struct({ name: maybeText, flags: xdr.uint32 })),
  connectClose: command(2, xdr.struct({})),
  connectGetType: question(3, xdr.struct({ type: text })),
  /** The hypervisor's: major * 1,000,000 + minor * 1,000 + release. */
  connectGetVersion: question(4, xdr.struct({ hvVer: xdr.uhyper })),
  connectGetCapabilities: question(7, xdr.struct({ capabilities: text })),
  connectGetHostname: question(59, xdr.struct({ hostname: text })),
  connectSupportsFeature: procedure(
    60,
    xdr.struct({ feature: xdr.int32 }),
    xdr.struct({ supported: xdr.flag }),
  ),
  connectGetUri: question(110, xdr.struct({ uri: text })),
  /**
   * A definition from the hypervisor's own words; `nativeFormat` is `qemu-argv` or another of the driver's.
   */
  connectDomainXmlFromNative: procedure(
    135,
    xdr.struct({ nativeFormat: text, nativeConfig: text, flags: xdr.uint32 }),
    xdr.struct({ domainXml: text }),
  ),
  connectDomainXmlToNative: procedure(
    136,
    xdr.struct({ nativeFormat: text, domainXml: text, flags: xdr.uint32 }),
    xdr.struct({ nativeConfig: text }),
  ),
  /** Whether nobody else can read along: TLS, SASL with encryption, or a unix socket. */
  connectIsSecure: question(149, xdr.struct({ secure: xdr.flag })),
  /** The daemon's: major * 1,000,000 + minor * 1,000 + release. */
  connectGetLibVersion: question(157, xdr.struct({ libVer: xdr.uhyper })),
  /** The host's SMBIOS tables as XML. */
  connectGetSysinfo: procedure(203, xdr.struct({ flags: xdr.uint32 }), xdr.struct({ sysinfo: text })),
  /** Speaks for another user; for daemons that forward calls. */
  connectSetIdentity: command(
    419,
    xdr.struct({ params: typedParameters(limits.identityParams), flags: xdr.uint32 }),
  ),
} as const;

/** A SASL message; `nil` says that there is none, which is not the same as an empty one. */
const message = { nil: xdr.flag, data: xdr.characterBytes(limits.saslDataBytes) };
const answer = xdr.struct({ complete: xdr.flag, ...message });

/** Who asks: called before the driver is opened. `connect` does it all. */
export const authProcedures = {
  /** REMOTE_AUTH_*: 0 none, 1 SASL, 2 polkit. */
  authList: question(66, xdr.struct({ types: xdr.array(xdr.int32, limits.authTypes) })),
  /** Names of mechanisms, between spaces or commas. */
  authSaslInit: question(67, xdr.struct({ mechlist: text })),
  authSaslStart: procedure(68, xdr.struct({ mech: text, ...message }), answer),
  authSaslStep: procedure(69, xdr.struct(message), answer),
  authPolkit: question(70, xdr.struct({ complete: xdr.flag })),
} as const;

/** What opens a stream beside volumes: `openConsole`, `openChannel` and `takeScreenshot` call these. */
export const streamProcedures = {
  /** `devName` is the device's alias; null is the first console. */
  domainOpenConsole: command(201, struct({ dom: domain, devName: maybeText, flags: uint32 })),
  domainScreenshot: procedure(
    211,
    struct({ dom: domain, screen: uint32, flags: uint32 }),
    struct({ mime: maybeText }),
  ),
  /** `name` is the name of the channel's target; null is the first channel. */
  domainOpenChannel: command(296, struct({ dom: domain, name: maybeText, flags: uint32 })),
} as const;

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
