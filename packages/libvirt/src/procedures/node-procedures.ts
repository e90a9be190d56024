import * as xdr from '../xdr/codec.ts';
import { limits } from '../protocol/limits.ts';
import { typedParameters } from '../protocol/typed-parameter.ts';
import { text, maybeText, nodeDevice } from '../protocol/types.ts';
import { command, procedure, question, since } from './procedure.ts';

const count = xdr.struct({ nparams: xdr.int32, flags: xdr.uint32 });

/** The host as a machine: processors and memory. */
export const nodeProcedures = {
  nodeGetInfo: question(
    6,
    xdr.struct({
      model: xdr.characters(32),
      /** KiB. */
      memory: xdr.uhyper,
      cpus: xdr.int32,
      mhz: xdr.int32,
      nodes: xdr.int32,
      sockets: xdr.int32,
      cores: xdr.int32,
      threads: xdr.int32,
    }),
  ),
  /** Bytes, for each NUMA cell. */
  nodeGetCellsFreeMemory: procedure(
    101,
    xdr.struct({ startCell: xdr.int32, maxcells: xdr.int32 }),
    xdr.struct({ cells: xdr.array(xdr.uhyper, limits.nodeCells) }),
  ),
  /** Bytes. */
  nodeGetFreeMemory: question(102, xdr.struct({ freeMem: xdr.uhyper })),
  /** Names as bytes; empty where guests are not confined. */
  nodeGetSecurityModel: question(
    122,
    xdr.struct({
      model: xdr.characterBytes(limits.securityModelBytes),
      doi: xdr.characterBytes(limits.securityDoiBytes),
    }),
  ),
  /**
   * Called twice: with `nparams` 0 it tells how many there are, and no other number will do. `cpuNum` -1 is all
   * together; values are nanoseconds.
   */
  nodeGetCpuStats: procedure(
    227,
    xdr.struct({ cpuNum: xdr.int32, nparams: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({
      params: xdr.array(xdr.struct({ field: text, value: xdr.uhyper }), limits.nodeCpuStats),
      nparams: xdr.int32,
    }),
  ),
  /**
   * Called twice: with `nparams` 0 it tells how many there are, and no other number will do. `cellNum` -1 is the whole host; values are KiB.
   */
  nodeGetMemoryStats: procedure(
    228,
    xdr.struct({ nparams: xdr.int32, cellNum: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({
      params: xdr.array(xdr.struct({ field: text, value: xdr.uhyper }), limits.nodeMemoryStats),
      nparams: xdr.int32,
    }),
  ),
  /** Puts the host to sleep; at least 60 seconds. */
  nodeSuspendForDuration: command(
    250,
    xdr.struct({ target: xdr.uint32, duration: xdr.uhyper, flags: xdr.uint32 }),
  ),
  nodeSetMemoryParameters: command(
    288,
    xdr.struct({ params: typedParameters(limits.nodeMemoryParams), flags: xdr.uint32 }),
  ),
  /** Of page sharing (KSM). Called twice: with `nparams` 0 it tells how many there are. */
  nodeGetMemoryParameters: procedure(
    289,
    count,
    xdr.struct({ params: typedParameters(limits.nodeMemoryParams), nparams: xdr.int32 }),
  ),
  /** A bit for each processor of the host, set when it is online; `ret` is how many there are. */
  nodeGetCpuMap: procedure(
    293,
    xdr.struct({ needMap: xdr.int32, needOnline: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({ cpumap: xdr.opaque(limits.cpuMapBytes), online: xdr.uint32, ret: xdr.int32 }),
  ),
  /** Page sizes in KiB; `counts` has all sizes of the first cell, then those of the second. */
  nodeGetFreePages: procedure(
    340,
    xdr.struct({
      pages: xdr.array(xdr.uint32, limits.nodeCells),
      startCell: xdr.int32,
      cellCount: xdr.uint32,
      flags: xdr.uint32,
    }),
    xdr.struct({ counts: xdr.array(xdr.uhyper, limits.nodeCells) }),
  ),
  /** Sets or adds huge pages of each cell; page sizes in KiB. */
  nodeAllocPages: procedure(
    347,
    xdr.struct({
      pageSizes: xdr.array(xdr.uint32, limits.nodeCells),
      pageCounts: xdr.array(xdr.uhyper, limits.nodeCells),
      startCell: xdr.int32,
      cellCount: xdr.uint32,
      flags: xdr.uint32,
    }),
    xdr.struct({ ret: xdr.int32 }),
  ),
  /** Called twice: with `nparams` 0 it tells how many there are. */
  nodeGetSevInfo: procedure(
    395,
    count,
    xdr.struct({ params: typedParameters(limits.nodeSevInfo), nparams: xdr.int32 }),
  ),
} as const;

const name = xdr.struct({ name: text });
const dev = xdr.struct({ dev: nodeDevice });
const nameFlags = xdr.struct({ name: text, flags: xdr.uint32 });
const deviceXml = xdr.struct({ xmlDesc: text, flags: xdr.uint32 });

/** The host's devices, as the node device driver sees them. */
export const nodeDeviceProcedures = {
  nodeDeviceLookupByName: procedure(113, name, dev),
  nodeDeviceGetXmlDesc: procedure(114, nameFlags, xdr.struct({ xml: text })),
  /** A device without a parent has none. */
  nodeDeviceGetParent: procedure(115, name, xdr.struct({ parentName: maybeText })),
  nodeDeviceListCaps: procedure(
    117,
    xdr.struct({ name: text, maxnames: xdr.int32 }),
    xdr.struct({ names: xdr.array(text, limits.nodeDeviceCaps) }),
  ),
  /**
   * Takes a PCI device from its driver, for a guest. Spelt as in the protocol; `nodeDeviceDetachFlags` names the
   * new driver.
   */
  nodeDeviceDettach: command(118, name),
  nodeDeviceReAttach: command(119, name),
  nodeDeviceReset: command(120, name),
  nodeDeviceCreateXml: procedure(123, deviceXml, dev),
  nodeDeviceDestroy: command(124, name),
  connectListAllNodeDevices: procedure(
    285,
    xdr.struct({ needResults: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({ devices: xdr.array(nodeDevice, limits.nodeDevices), ret: xdr.uint32 }),
  ),
  nodeDeviceLookupScsiHostByWwn: procedure(
    297,
    xdr.struct({ wwnn: text, wwpn: text, flags: xdr.uint32 }),
    dev,
  ),
  nodeDeviceDetachFlags: command(301, xdr.struct({ name: text, driverName: maybeText, flags: xdr.uint32 })),
  nodeDeviceDefineXml: procedure(428, deviceXml, dev),
  nodeDeviceUndefine: command(429, nameFlags),
  nodeDeviceCreate: command(430, nameFlags),
  nodeDeviceGetAutostart: procedure(433, name, xdr.struct({ autostart: xdr.flag })),
  nodeDeviceSetAutostart: command(434, xdr.struct({ name: text, autostart: xdr.flag })),
  nodeDeviceIsPersistent: procedure(435, name, xdr.struct({ persistent: xdr.flag })),
  nodeDeviceIsActive: procedure(436, name, xdr.struct({ active: xdr.flag })),
  nodeDeviceUpdate: since('10.1', command(447, xdr.struct({ name: text, xmlDesc: text, flags: xdr.uint32 }))),
} as const;
