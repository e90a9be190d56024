import { type Case, write } from '../case.ts';

const uuid = '5f9eb1a3-3b4d-4c1a-9d39-6f0f2f0f6d01';
const filter = { name: 'madefilter', uuid };
const xml = (action: string): string =>
  `<filter name='madefilter' chain='root'><uuid>${uuid}</uuid><rule action='${action}' direction='out'><all/></rule></filter>`;
const bindingXml = `<filterbinding><owner><name>rest</name><uuid>${uuid}</uuid></owner><portdev name='eth1'/><mac address='52:54:00:fe:02:41'/><filterref filter='madefilter'/></filterbinding>`;
const made = "conn.nwfilterLookupByName('madefilter')";
const bindings = "[b.portDev() for b in conn.listAllNWFilterBindings(0)].count('eth1')";
const ifaceXml = (mtu: number): string =>
  `<interface type='ethernet' name='madeif'><start mode='none'/><mtu size='${mtu}'/><mac address='52:54:00:fe:02:51'/></interface>`;
const ours = { name: 'madeif', mac: '52:54:00:fe:02:51' };
// Where none can be made, one that is there.
const madeIface = "conn.interfaceLookupByName('madeif' if conn.getType() == 'TEST' else 'eth0')";
const interfaces = "[i.name() for i in conn.listAllInterfaces(0)].count('madeif')";

const changes: readonly Case[] = [
  write('interfaceChangeBegin', () => ({ flags: 0 }), 'conn.changeBegin(0)', [interfaces, 0]),
  write(
    'interfaceDefineXml',
    () => ({ xml: ifaceXml(1400), flags: 0 }),
    `conn.interfaceDefineXML("${ifaceXml(1400)}", 0)`,
    [`[${madeIface}.isActive(), ${madeIface}.MACString()]`, [0, ours.mac]],
  ),
  write('interfaceChangeCommit', () => ({ flags: 0 }), 'conn.changeCommit(0)', [interfaces, 1]),
];

/** Filters and their bindings, and interfaces of the host, which only the test driver changes. */
export const filterWrites: readonly Case[] = [
  write('nwfilterDefineXml', () => ({ xml: xml('accept') }), `conn.nwfilterDefineXML("${xml('accept')}")`, [
    `${made}.UUIDString()`,
    uuid,
  ]),
  write(
    'nwfilterDefineXmlFlags',
    () => ({ xml: xml('drop'), flags: 1 }),
    `conn.nwfilterDefineXMLFlags("${xml('drop')}", 1)`,
    [`"action='drop'" in ${made}.XMLDesc(0)`, true],
  ),
  write(
    'nwfilterBindingCreateXml',
    () => ({ xml: bindingXml, flags: 0 }),
    `conn.nwfilterBindingCreateXML("${bindingXml}", 0)`,
    [bindings, 1],
  ),
  write(
    'nwfilterBindingDelete',
    () => ({ nwfilter: { portdev: 'eth1', filtername: 'madefilter' } }),
    "conn.nwfilterBindingLookupByPortDev('eth1').delete()",
    [bindings, 0],
  ),
  write('nwfilterUndefine', () => ({ nwfilter: filter }), `${made}.undefine()`, [
    "[f.name() for f in conn.listAllNWFilters(0)].count('madefilter')",
    0,
  ]),
  ...changes.slice(0, 2),
  write('interfaceChangeRollback', () => ({ flags: 0 }), 'conn.changeRollback(0)', [interfaces, 0]),
  ...changes,
  write(
    'interfaceCreate',
    ({ driver, iface }) => ({ iface: driver === 'test' ? ours : iface, flags: 0 }),
    `${madeIface}.create(0)`,
    [`${madeIface}.isActive()`, 1],
  ),
  write(
    'interfaceDestroy',
    ({ driver, iface }) => ({ iface: driver === 'test' ? ours : iface, flags: 0 }),
    `${madeIface}.destroy(0)`,
    [`${madeIface}.isActive()`, 0],
  ),
  write(
    'interfaceUndefine',
    ({ driver, iface }) => ({ iface: driver === 'test' ? ours : iface }),
    `${madeIface}.undefine()`,
    [interfaces, 0],
  ),
];
