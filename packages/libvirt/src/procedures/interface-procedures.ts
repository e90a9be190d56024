import { limits } from '../protocol/limits.ts';
import { hostInterface, text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { command, procedure } from './procedure.ts';

const iface = xdr.struct({ iface: hostInterface });
const ifaceFlags = xdr.struct({ iface: hostInterface, flags: xdr.uint32 });
const flags = xdr.struct({ flags: xdr.uint32 });

/** The host's own network interfaces. libvirt built without netcf can only look at them. */
export const interfaceProcedures = {
  interfaceLookupByName: procedure(128, xdr.struct({ name: text }), iface),
  interfaceLookupByMacString: procedure(129, xdr.struct({ mac: text }), iface),
  interfaceGetXmlDesc: procedure(130, ifaceFlags, xdr.struct({ xml: text })),
  interfaceDefineXml: procedure(131, xdr.struct({ xml: text, flags: xdr.uint32 }), iface),
  interfaceUndefine: command(132, iface),
  interfaceCreate: command(133, ifaceFlags),
  interfaceDestroy: command(134, ifaceFlags),
  interfaceIsActive: procedure(156, iface, xdr.struct({ active: xdr.flag })),
  interfaceChangeBegin: command(220, flags),
  interfaceChangeCommit: command(221, flags),
  interfaceChangeRollback: command(222, flags),
  connectListAllInterfaces: procedure(
    284,
    xdr.struct({ needResults: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({ ifaces: xdr.array(hostInterface, limits.listLength), ret: xdr.uint32 }),
  ),
} as const;
