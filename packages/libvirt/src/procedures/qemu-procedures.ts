import { domain, maybeText, text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { procedure, qemuProgram } from './procedure.ts';

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
