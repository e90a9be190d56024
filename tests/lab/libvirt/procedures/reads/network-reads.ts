import { type Case, read } from '../case.ts';
import { portUuid } from '../world-names.ts';

/** Networks, their ports, filters, and interfaces of the host. */
export const networkReads: readonly Case[] = [
  read('networkGetXmlDesc', ({ net }) => ({ net, flags: 0 }), 'net.XMLDesc(0)', {
    virsh: ['net-dumpxml probenet', ({ xml }) => xml],
  }),
  read('networkGetAutostart', ({ net }) => ({ net }), 'net.autostart()'),
  read('networkGetBridgeName', ({ net }) => ({ net }), 'net.bridgeName()', {
    virsh: ['net-info probenet', ({ name }) => [`Bridge: ${name}`]],
  }),
  read('networkLookupByName', () => ({ name: 'probenet' }), "conn.networkLookupByName('probenet')", {
    virsh: ['net-uuid probenet', ({ net }) => net.uuid],
  }),
  read(
    'networkLookupByUuid',
    ({ net: { uuid } }) => ({ uuid }),
    'conn.networkLookupByUUIDString(net.UUIDString())',
  ),
  read('networkIsActive', ({ net }) => ({ net }), 'net.isActive()'),
  read('networkIsPersistent', ({ net }) => ({ net }), 'net.isPersistent()'),
  read('connectListAllNetworks', () => ({ needResults: 1, flags: 0 }), 'conn.listAllNetworks(0)', {
    unordered: true,
    virsh: ['net-list --all --name', ({ nets }) => nets.map(({ name }) => name)],
  }),
  read(
    'networkGetDhcpLeases',
    ({ net }) => ({ net, mac: null, needResults: 1, flags: 0 }),
    'net.DHCPLeases(None, 0)',
  ),
  read(
    'networkGetMetadata',
    ({ net: network }) => ({ network, type: 1, uri: null, flags: 0 }),
    'net.metadata(1, None, 0)',
  ),
  read(
    'networkListAllPorts',
    ({ net: network }) => ({ network, needResults: 1, flags: 0 }),
    'net.listAllPorts(0)',
    {
      virsh: ['net-port-list probenet', ({ ports }) => ports.map(({ uuid }) => uuid)],
    },
  ),
  read(
    'networkPortLookupByUuid',
    ({ net: network }) => ({ network, uuid: portUuid }),
    `net.portLookupByUUIDString('${portUuid}')`,
  ),
  read('networkPortGetParameters', ({ port }) => ({ port, nparams: 16, flags: 0 }), 'port.parameters(0)'),
  read('networkPortGetXmlDesc', ({ port }) => ({ port, flags: 0 }), 'port.XMLDesc(0)', {
    virsh: [`net-port-dumpxml probenet ${portUuid}`, ({ xml }) => xml],
  }),
  read('nwfilterLookupByName', () => ({ name: 'probefilter' }), "conn.nwfilterLookupByName('probefilter')"),
  read(
    'nwfilterLookupByUuid',
    ({ filter: { uuid } }) => ({ uuid }),
    'conn.nwfilterLookupByUUIDString(filter.UUIDString())',
  ),
  read('nwfilterGetXmlDesc', ({ filter: nwfilter }) => ({ nwfilter, flags: 0 }), 'filter.XMLDesc(0)', {
    virsh: ['nwfilter-dumpxml probefilter', ({ xml }) => xml],
  }),
  read('connectListAllNwfilters', () => ({ needResults: 1, flags: 0 }), 'conn.listAllNWFilters(0)', {
    unordered: true,
    virsh: ['nwfilter-list', ({ filters }) => filters.map(({ name, uuid }) => `${uuid} ${name}`)],
  }),
  read(
    'nwfilterBindingLookupByPortDev',
    () => ({ name: 'probe0' }),
    "conn.nwfilterBindingLookupByPortDev('probe0')",
  ),
  read(
    'nwfilterBindingGetXmlDesc',
    ({ binding: nwfilter }) => ({ nwfilter, flags: 0 }),
    'binding.XMLDesc(0)',
    {
      virsh: ['nwfilter-binding-dumpxml probe0', ({ xml }) => xml],
    },
  ),
  read(
    'connectListAllNwfilterBindings',
    () => ({ needResults: 1, flags: 0 }),
    'conn.listAllNWFilterBindings(0)',
    {
      virsh: [
        'nwfilter-binding-list',
        ({ bindings }) => bindings.map(({ portdev, filtername }) => `${portdev} ${filtername}`),
      ],
    },
  ),
  read(
    'interfaceLookupByName',
    ({ iface: { name } }) => ({ name }),
    'conn.interfaceLookupByName(iface.name())',
  ),
  read(
    'interfaceLookupByMacString',
    ({ iface: { mac } }) => ({ mac }),
    'conn.interfaceLookupByMACString(iface.MACString())',
  ),
  read('interfaceGetXmlDesc', ({ iface }) => ({ iface, flags: 0 }), 'iface.XMLDesc(0)'),
  // A libvirtd without the driver for interfaces, as Debian 13 installs it, does not survive this call.
  read('interfaceIsActive', ({ iface }) => ({ iface }), 'iface.isActive()', { not: ['qemu 11.3'] }),
  read('connectListAllInterfaces', () => ({ needResults: 1, flags: 0 }), 'conn.listAllInterfaces(0)', {
    unordered: true,
  }),
];
