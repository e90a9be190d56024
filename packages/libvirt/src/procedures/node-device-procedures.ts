import { limits } from '../protocol/limits.ts';
import { maybeText, nodeDevice, text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { command, procedure, since } from './procedure.ts';

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
