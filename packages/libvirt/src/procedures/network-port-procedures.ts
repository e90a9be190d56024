import { limits } from '../protocol/limits.ts';
import { typedParameters } from '../protocol/typed-parameter.ts';
import { network, networkPort, text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { command, procedure } from './procedure.ts';

const portOnly = xdr.struct({ port: networkPort });
const portFlags = xdr.struct({ port: networkPort, flags: xdr.uint32 });

/** Ports of libvirt's networks: what joins a guest's interface to one. */
export const networkPortProcedures = {
  networkListAllPorts: procedure(
    404,
    xdr.struct({ network, needResults: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({ ports: xdr.array(networkPort, limits.listLength), ret: xdr.uint32 }),
  ),
  networkPortLookupByUuid: procedure(405, xdr.struct({ network, uuid: xdr.uuid }), portOnly),
  networkPortCreateXml: procedure(406, xdr.struct({ network, xml: text, flags: xdr.uint32 }), portOnly),
  /** Bandwidths; called twice: with `nparams` 0 it tells how many there are. */
  networkPortGetParameters: procedure(
    407,
    xdr.struct({ port: networkPort, nparams: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({ params: typedParameters(limits.networkPortParams), nparams: xdr.int32 }),
  ),
  networkPortSetParameters: command(
    408,
    xdr.struct({ port: networkPort, params: typedParameters(limits.networkPortParams), flags: xdr.uint32 }),
  ),
  networkPortGetXmlDesc: procedure(409, portFlags, xdr.struct({ xml: text })),
  networkPortDelete: command(410, portFlags),
} as const;
