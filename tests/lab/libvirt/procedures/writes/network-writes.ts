import { parametersFrom } from '@ferry/libvirt';
import { type Case, write } from '../case.ts';

const uuid = '5f9eb1a3-3b4d-4c1a-9d39-6f0f2f0f6c01';
const portUuid = '5f9eb1a3-3b4d-4c1a-9d39-6f0f2f0f6c02';
const net = { name: 'madenet', uuid };
const netXml = (domain: string): string =>
  `<network><name>madenet</name><uuid>${uuid}</uuid><domain name='${domain}'/><bridge name='madebr'/></network>`;
const made = "conn.networkLookupByName('madenet')";
const count = "[n.name() for n in conn.listAllNetworks(0)].count('madenet')";
const portXml = `<networkport><uuid>${portUuid}</uuid><owner><name>probe</name><uuid>${portUuid}</uuid></owner><group>g</group><mac address='52:54:00:fe:02:31'/></networkport>`;

/** Networks and their ports. */
export const networkWrites: readonly Case[] = [
  write('networkDefineXml', () => ({ xml: netXml('One') }), `conn.networkDefineXML("${netXml('One')}")`, [
    `[${made}.isActive(), ${made}.isPersistent(), ${made}.UUIDString()]`,
    [0, 1, uuid],
  ]),
  write(
    'networkDefineXmlFlags',
    () => ({ xml: netXml('Two').replace('madebr', 'madebr2'), flags: 1 }),
    `conn.networkDefineXMLFlags("${netXml('Two')}", 1)`,
    [`"madebr2" in ${made}.XMLDesc(0)`, true],
  ),
  write('networkSetAutostart', () => ({ net, autostart: true }), `${made}.setAutostart(1)`, [
    `${made}.autostart()`,
    1,
  ]),
  write('networkCreate', () => ({ net }), `${made}.create()`, [`${made}.isActive()`, 1]),
  write(
    'networkSetMetadata',
    () => ({ network: net, type: 1, metadata: 'Titled', key: null, uri: null, flags: 0 }),
    `${made}.setMetadata(1, 'Titled', None, None, 0)`,
    [`${made}.metadata(1, None, 0)`, 'Titled'],
  ),
  // 3 adds to the end, section 10 are the DNS hosts; to the definition that is kept, where the driver has one of its own.
  write(
    'networkUpdate',
    ({ driver }) => ({
      net,
      command: 3,
      section: 10,
      parentIndex: -1,
      xml: "<host ip='192.0.2.7'><hostname>seven</hostname></host>",
      flags: driver === 'qemu' ? 2 : 1,
    }),
    `${made}.update(3, 10, -1, "<host ip='192.0.2.7'><hostname>seven</hostname></host>", 2 if conn.getType() == 'QEMU' else 1)`,
    [`'seven' in ${made}.XMLDesc(1 if conn.getType() == 'QEMU' else 0)`, true],
  ),
  write(
    'networkPortCreateXml',
    () => ({ network: net, xml: portXml, flags: 0 }),
    `${made}.portCreateXML("${portXml}", 0)`,
    [`[p.UUIDString() for p in ${made}.listAllPorts(0)]`, [portUuid]],
  ),
  write(
    'networkPortSetParameters',
    () => ({
      port: { net, uuid: portUuid },
      params: parametersFrom({ 'inbound.average': { type: 'uint', value: 2048 } }),
      flags: 0,
    }),
    `${made}.portLookupByUUIDString('${portUuid}').setParameters({'inbound.average': 2048}, 0)`,
    [`${made}.portLookupByUUIDString('${portUuid}').parameters(0)['inbound.average']`, 2048],
  ),
  write(
    'networkPortDelete',
    () => ({ port: { net, uuid: portUuid }, flags: 0 }),
    `${made}.portLookupByUUIDString('${portUuid}').delete(0)`,
    [`${made}.listAllPorts(0)`, []],
  ),
  write('networkDestroy', () => ({ net }), `${made}.destroy()`, [`${made}.isActive()`, 0]),
  write('networkUndefine', () => ({ net }), `${made}.undefine()`, [count, 0]),
  write('networkCreateXml', () => ({ xml: netXml('Three') }), `conn.networkCreateXML("${netXml('Three')}")`, [
    `[${made}.isActive(), ${made}.isPersistent()]`,
    [1, 0],
  ]),
  write(
    'networkCreateXmlFlags',
    () => ({ xml: netXml('Four'), flags: 1 }),
    `conn.networkCreateXMLFlags("${netXml('Four')}", 1)`,
    [`[${made}.isActive(), ${made}.isPersistent()]`, [1, 0]],
    { arrange: [`${made}.destroy()`] },
  ),
  write('networkDestroy', () => ({ net }), `${made}.destroy()`, [count, 0]),
];
