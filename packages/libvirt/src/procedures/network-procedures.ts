import * as xdr from '../xdr/codec.ts';
import { limits } from '../protocol/limits.ts';
import {
  maybeText,
  network,
  text,
  networkPort,
  nwfilter,
  nwfilterBinding,
  hostInterface,
} from '../protocol/types.ts';
import { command, procedure, since } from './procedure.ts';
import { typedParameters } from '../protocol/typed-parameter.ts';

const net = xdr.struct({ net: network });
const xml = xdr.struct({ xml: text });
const name = xdr.struct({ name: text });
const xmlFlags = xdr.struct({ xml: text, flags: xdr.uint32 });

/** libvirt's own networks. */
export const networkProcedures = {
  networkCreate: command(39, net),
  networkCreateXml: procedure(40, xml, net),
  networkDefineXml: procedure(41, xml, net),
  networkDestroy: command(42, net),
  networkGetXmlDesc: procedure(43, xdr.struct({ net: network, flags: xdr.uint32 }), xml),
  networkGetAutostart: procedure(44, net, xdr.struct({ autostart: xdr.flag })),
  networkGetBridgeName: procedure(45, net, name),
  networkLookupByName: procedure(46, name, net),
  networkLookupByUuid: procedure(47, xdr.struct({ uuid: xdr.uuid }), net),
  networkSetAutostart: command(48, xdr.struct({ net: network, autostart: xdr.flag })),
  networkUndefine: command(49, net),
  networkIsActive: procedure(152, net, xdr.struct({ active: xdr.flag })),
  networkIsPersistent: procedure(153, net, xdr.struct({ persistent: xdr.flag })),
  connectListAllNetworks: procedure(
    283,
    xdr.struct({ needResults: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({ nets: xdr.array(network, limits.listLength), ret: xdr.uint32 }),
  ),
  /**
   * Changes one section of a definition; `command` and `section` are `NetworkUpdateCommand` and `NetworkSection`,
   * `parentIndex` -1 where it does not matter.
   */
  networkUpdate: command(
    291,
    xdr.struct({
      net: network,
      command: xdr.uint32,
      section: xdr.uint32,
      parentIndex: xdr.int32,
      xml: text,
      flags: xdr.uint32,
    }),
  ),
  /** `expirytime` in seconds since 1970; `type` is 0 for IPv4, 1 for IPv6. */
  networkGetDhcpLeases: procedure(
    341,
    xdr.struct({ net: network, mac: maybeText, needResults: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({
      leases: xdr.array(
        xdr.struct({
          iface: text,
          expirytime: xdr.hyper,
          type: xdr.int32,
          mac: maybeText,
          iaid: maybeText,
          ipaddr: text,
          prefix: xdr.uint32,
          hostname: maybeText,
          clientid: maybeText,
        }),
        limits.networkLeases,
      ),
      ret: xdr.uint32,
    }),
  ),
  networkDefineXmlFlags: procedure(432, xmlFlags, net),
  networkCreateXmlFlags: procedure(437, xmlFlags, net),
  /** `type` is one of `NetworkMetadataType`; `metadata` null takes it away. */
  networkSetMetadata: since(
    '9.7',
    command(
      444,
      xdr.struct({
        network,
        type: xdr.int32,
        metadata: maybeText,
        key: maybeText,
        uri: maybeText,
        flags: xdr.uint32,
      }),
    ),
  ),
  networkGetMetadata: since(
    '9.7',
    procedure(
      445,
      xdr.struct({ network, type: xdr.int32, uri: maybeText, flags: xdr.uint32 }),
      xdr.struct({ metadata: text }),
    ),
  ),
} as const;

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

const filter = xdr.struct({ nwfilter });
const list = xdr.struct({ needResults: xdr.int32, flags: xdr.uint32 });
const binding = xdr.struct({ nwfilter: nwfilterBinding });

/** Network filters, and their bindings to the ports of guests. */
export const nwfilterProcedures = {
  nwfilterLookupByName: procedure(175, name, filter),
  nwfilterLookupByUuid: procedure(176, xdr.struct({ uuid: xdr.uuid }), filter),
  nwfilterGetXmlDesc: procedure(177, xdr.struct({ nwfilter, flags: xdr.uint32 }), xml),
  nwfilterDefineXml: procedure(180, xml, filter),
  nwfilterUndefine: command(181, filter),
  connectListAllNwfilters: procedure(
    286,
    list,
    xdr.struct({ filters: xdr.array(nwfilter, limits.listLength), ret: xdr.uint32 }),
  ),
  /** `name` is the port's interface on the host. */
  nwfilterBindingLookupByPortDev: procedure(397, name, binding),
  nwfilterBindingGetXmlDesc: procedure(
    398,
    xdr.struct({ nwfilter: nwfilterBinding, flags: xdr.uint32 }),
    xml,
  ),
  nwfilterBindingCreateXml: procedure(399, xmlFlags, binding),
  nwfilterBindingDelete: command(400, binding),
  connectListAllNwfilterBindings: procedure(
    401,
    list,
    xdr.struct({ bindings: xdr.array(nwfilterBinding, limits.listLength), ret: xdr.uint32 }),
  ),
  nwfilterDefineXmlFlags: procedure(431, xmlFlags, filter),
} as const;

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
