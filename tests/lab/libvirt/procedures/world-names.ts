import { domainXml } from './domain-xml.ts';

export const portUuid = '5f9eb1a3-3b4d-4c1a-9d39-6f0f2f0f6a01';
export const secretUuid = '5f9eb1a3-3b4d-4c1a-9d39-6f0f2f0f6a02';

/** Things of a world as python finds them, and expressions for what they are made of. */
export const names: Readonly<Record<string, string>> = {
  dom: "conn.lookupByName('probe')",
  rest: "conn.lookupByName('rest')",
  made: "conn.lookupByName('made')",
  madeXml: `${quoted(domainXml('qemu', 'made'))} if conn.getType() == 'QEMU' else ${quoted(domainXml('test', 'made'))}`,
  // Flags that the test driver does not take: to start paused; what runs, or what is kept.
  paused: "1 if conn.getType() == 'QEMU' else 0",
  live: "1 if conn.getType() == 'QEMU' else 0",
  config: "2 if conn.getType() == 'QEMU' else 0",
  net: "conn.networkLookupByName('probenet')",
  port: `net.portLookupByUUIDString('${portUuid}')`,
  pool: "conn.storagePoolLookupByName('probepool')",
  vol: "pool.storageVolLookupByName('one.img')",
  iface: "conn.interfaceLookupByName('eth1' if conn.getType() == 'TEST' else 'eth0')",
  dev: "conn.nodeDeviceLookupByName('computer')",
  filter: "conn.nwfilterLookupByName('probefilter')",
  binding: "conn.nwfilterBindingLookupByPortDev('probe0')",
  secret: `conn.secretLookupByUUIDString('${secretUuid}')`,
  snap: "rest.snapshotLookupByName('trunk', 0)",
  leaf: "rest.snapshotLookupByName('leaf', 0)",
  check: "dom.checkpointLookupByName('trunk', 0)",
  checkLeaf: "dom.checkpointLookupByName('leaf', 0)",
};

/** A literal of python. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
