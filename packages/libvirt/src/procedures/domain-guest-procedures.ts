import * as xdr from '../xdr/codec.ts';
import { limits } from '../protocol/limits.ts';
import { typedParameters } from '../protocol/typed-parameter.ts';
import { domain, maybeText, text } from '../protocol/types.ts';
import { command, procedure, since, qemuProgram } from './procedure.ts';

const domFlags = xdr.struct({ dom: domain, flags: xdr.uint32 });
const mountpoints = xdr.struct({
  dom: domain,
  mountpoints: xdr.array(text, limits.freezeMountpoints),
  flags: xdr.uint32,
});
const filesystems = xdr.struct({ filesystems: xdr.int32 });

/** What the guest itself is asked: through its agent, its firmware or its keyboard. */
export const domainGuestProcedures = {
  domainInjectNmi: command(210, domFlags),
  /** `codeset` says what the key codes are: 0 those of Linux. */
  domainSendKey: command(
    226,
    xdr.struct({
      dom: domain,
      codeset: xdr.uint32,
      /** Milliseconds. */
      holdtime: xdr.uint32,
      keycodes: xdr.array(xdr.uint32, limits.sendKeys),
      flags: xdr.uint32,
    }),
  ),
  /** `target` is one of `SuspendTarget`; `duration` in seconds, 0 for no end. */
  domainPmSuspendForDuration: command(
    261,
    xdr.struct({ dom: domain, target: xdr.uint32, duration: xdr.uhyper, flags: xdr.uint32 }),
  ),
  domainPmWakeup: command(267, domFlags),
  /** As DHCP leases or the agent tell it. */
  domainGetHostname: procedure(277, domFlags, xdr.struct({ hostname: text })),
  /** `minimum` in bytes; `mountPoint` null is all of them. */
  domainFstrim: command(
    294,
    xdr.struct({ dom: domain, mountPoint: maybeText, minimum: xdr.uhyper, flags: xdr.uint32 }),
  ),
  domainSendProcessSignal: command(
    295,
    xdr.struct({ dom: domain, pidValue: xdr.hyper, signum: xdr.uint32, flags: xdr.uint32 }),
  ),
  /** No mount points means all; `filesystems` is how many were frozen. */
  domainFsfreeze: procedure(335, mountpoints, filesystems),
  domainFsthaw: procedure(336, mountpoints, filesystems),
  domainGetTime: procedure(
    337,
    domFlags,
    xdr.struct({
      /** Since 1970, UTC. */
      seconds: xdr.hyper,
      nseconds: xdr.uint32,
    }),
  ),
  domainSetTime: command(
    338,
    xdr.struct({ dom: domain, seconds: xdr.hyper, nseconds: xdr.uint32, flags: xdr.uint32 }),
  ),
  domainGetFsinfo: procedure(
    349,
    domFlags,
    xdr.struct({
      info: xdr.array(
        xdr.struct({
          mountpoint: text,
          name: text,
          fstype: text,
          devAliases: xdr.array(text, limits.filesystemDisks),
        }),
        limits.filesystems,
      ),
      ret: xdr.uint32,
    }),
  ),
  /** `source` is one of `InterfaceAddressSource`. */
  domainInterfaceAddresses: procedure(
    353,
    xdr.struct({ dom: domain, source: xdr.uint32, flags: xdr.uint32 }),
    xdr.struct({
      ifaces: xdr.array(
        xdr.struct({
          name: text,
          hwaddr: maybeText,
          addrs: xdr.array(
            xdr.struct({ type: xdr.int32, addr: text, prefix: xdr.uint32 }),
            limits.guestAddresses,
          ),
        }),
        limits.guestInterfaces,
      ),
    }),
  ),
  /** Also encrypted already, with flag 1. */
  domainSetUserPassword: command(
    357,
    xdr.struct({ dom: domain, user: maybeText, password: maybeText, flags: xdr.uint32 }),
  ),
  domainGetGuestVcpus: procedure(
    371,
    domFlags,
    xdr.struct({ params: typedParameters(limits.guestVcpuParams) }),
  ),
  /** Processors as `0,2-3`, on or off inside of the guest. */
  domainSetGuestVcpus: command(
    372,
    xdr.struct({ dom: domain, cpumap: text, state: xdr.flag, flags: xdr.uint32 }),
  ),
  /** `types` is a sum of `GuestInfoType`, 0 for all there is. */
  domainGetGuestInfo: procedure(
    418,
    xdr.struct({ dom: domain, types: xdr.uint32, flags: xdr.uint32 }),
    xdr.struct({ params: typedParameters(limits.guestInfo) }),
  ),
  /** `timeout` in seconds: -2 waits for ever, -1 takes libvirt's own, 0 does not wait. */
  domainAgentSetResponseTimeout: procedure(
    420,
    xdr.struct({ dom: domain, timeout: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({ result: xdr.int32 }),
  ),
  domainAuthorizedSshKeysGet: procedure(
    424,
    xdr.struct({ dom: domain, user: text, flags: xdr.uint32 }),
    xdr.struct({ keys: xdr.array(text, limits.authorizedSshKeys) }),
  ),
  domainAuthorizedSshKeysSet: command(
    425,
    xdr.struct({
      dom: domain,
      user: text,
      keys: xdr.array(text, limits.authorizedSshKeys),
      flags: xdr.uint32,
    }),
  ),
  /** Reads the TLS certificates of the display again. */
  domainGraphicsReload: since(
    '10.2',
    command(448, xdr.struct({ dom: domain, type: xdr.uint32, flags: xdr.uint32 })),
  ),
} as const;

/** Procedures of QEMU's own program: its monitor and its guest agent, spoken to past libvirt. */
export const qemuProcedures = {
  /** A QMP command as JSON, or with flag 1 a line for the human monitor. Marks the domain as tainted. */
  qemuDomainMonitorCommand: procedure(
    1,
    xdr.struct({ dom: domain, cmd: text, flags: xdr.uint32 }),
    xdr.struct({ result: text }),
    qemuProgram,
  ),
  /** Takes over a process that libvirt did not start, where the driver still can. */
  qemuDomainAttach: procedure(
    2,
    xdr.struct({ pidValue: xdr.uint32, flags: xdr.uint32 }),
    xdr.struct({ dom: domain }),
    qemuProgram,
  ),
  /** `timeout` in seconds: -2 waits for ever, -1 takes libvirt's own, 0 does not wait. */
  qemuDomainAgentCommand: procedure(
    3,
    xdr.struct({ dom: domain, cmd: text, timeout: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({ result: maybeText }),
    qemuProgram,
  ),
} as const;
