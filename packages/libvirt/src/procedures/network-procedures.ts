import { limits } from '../protocol/limits.ts';
import { maybeText, network, text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { command, procedure, since } from './procedure.ts';

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
