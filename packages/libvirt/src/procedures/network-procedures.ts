import { limits } from '../protocol/limits.ts';
import { network, text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { command, procedure } from './procedure.ts';

const net = xdr.struct({ net: network });

/** libvirt's own networks. */
export const networkProcedures = {
  networkCreate: command(39, net),
  networkGetXmlDesc: procedure(
    43,
    xdr.struct({ net: network, flags: xdr.uint32 }),
    xdr.struct({ xml: text }),
  ),
  networkGetBridgeName: procedure(45, net, xdr.struct({ name: text })),
  networkLookupByName: procedure(46, xdr.struct({ name: text }), net),
  networkIsActive: procedure(152, net, xdr.struct({ active: xdr.flag })),
  connectListAllNetworks: procedure(
    283,
    xdr.struct({ needResults: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({ nets: xdr.array(network, limits.listLength), ret: xdr.uint32 }),
  ),
} as const;
