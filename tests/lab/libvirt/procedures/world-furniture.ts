import type { LabHost } from '@ferry/lab';
import type { PythonLibvirt } from './python-libvirt.ts';
import { type DriverName, domainXml, images } from './domain-xml.ts';
import { portUuid, secretUuid } from './world-names.ts';

/** Where each driver is reached inside of a host. The test driver must be the daemon's: plain `test:` is the client's own. */
export const uris: Readonly<Record<DriverName, string>> = {
  qemu: 'qemu+unix:///system',
  test: 'test+unix:///default',
};

/** Makes, by python, what `names` speaks of: as much of it as the driver can have. */
export async function furnish(host: LabHost, driver: DriverName, python: PythonLibvirt): Promise<void> {
  if (driver === 'qemu') await makeFiles(host);
  const made = (expression: string): Promise<void> => python.keep('furnished', expression);
  await made(`conn.networkDefineXML(${quoted(networkXml(driver))}).create()`);
  await made(`conn.storagePoolDefineXML(${quoted(poolXml)}, 0).create()`);
  await made(`pool.createXML(${quoted(volumeXml)}, 0)`);
  await made(`conn.defineXML(${quoted(domainXml(driver, 'probe'))}).create()`);
  await made(`conn.defineXML(${quoted(domainXml(driver, 'rest'))})`);
  for (const name of ['trunk', 'leaf']) {
    await made(`rest.snapshotCreateXML('<domainsnapshot><name>${name}</name></domainsnapshot>', 0)`);
    await made(`dom.checkpointCreateXML(${quoted(checkpointXml(name))}, 0)`);
  }
  if (driver === 'test') return;
  await made(`net.portCreateXML(${quoted(portXml)}, 0)`);
  await made(`conn.nwfilterDefineXML(${quoted(filterXml)})`);
  await made(`conn.nwfilterBindingCreateXML(${quoted(bindingXml)}, 0)`);
  await made(`conn.secretDefineXML(${quoted(secretXml)}, 0).setValue(b'a secret\\x00\\xff', 0)`);
}

/** A literal of python. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

async function makeFiles(host: LabHost): Promise<void> {
  const script = `mkdir -p ${images}
    for name in probe rest; do
      qemu-img create -q -f qcow2 ${images}/$name.qcow2 16M
      qemu-img create -q -f raw ${images}/$name.img 4M
      printf 'Ferry was here' | dd of=${images}/$name.img conv=notrunc status=none
    done
    qemu-img create -q -f qcow2 ${images}/base.qcow2 16M
    qemu-img create -q -f qcow2 -b ${images}/base.qcow2 -F qcow2 ${images}/made.qcow2
    # A lease as libvirt's own helper writes it.
    mkdir -p /var/lib/libvirt/dnsmasq
    echo '${JSON.stringify([lease])}' >/var/lib/libvirt/dnsmasq/probebr.status`;
  await host.execOk(['sh', '-ec', script]);
}

const lease = {
  'ip-address': '192.0.2.17',
  'mac-address': '52:54:00:fe:02:11',
  hostname: 'leased',
  'client-id': '01:52:54:00:fe:02:11',
  'expiry-time': 4_102_444_800,
};

function networkXml(driver: DriverName): string {
  // The test driver makes up addresses of its domains, and does not survive a network that has none.
  const [bridge, ip] =
    driver === 'qemu'
      ? ['probebr', '']
      : [
          'testbr',
          "<ip address='192.0.2.1' netmask='255.255.255.0'><dhcp><range start='192.0.2.9' end='192.0.2.99'/></dhcp></ip>",
        ];
  return `<network><name>probenet</name><title>The net</title><bridge name='${bridge}'/>${ip}</network>`;
}

const poolXml = `<pool type='dir'><name>probepool</name><target><path>${images}</path></target></pool>`;
const volumeXml = `<volume><name>one.img</name><capacity>2097152</capacity><allocation>1048576</allocation></volume>`;
const portXml = `<networkport><uuid>${portUuid}</uuid><owner><name>probe</name><uuid>${portUuid}</uuid></owner>
  <group>g</group><mac address='52:54:00:fe:02:21'/></networkport>`;
const filterXml = `<filter name='probefilter' chain='root'><rule action='accept' direction='out'><all/></rule></filter>`;
const bindingXml = `<filterbinding><owner><name>probe</name><uuid>${portUuid}</uuid></owner>
  <portdev name='probe0'/><mac address='52:54:00:fe:02:01'/><filterref filter='probefilter'/></filterbinding>`;
const secretXml = `<secret ephemeral='no' private='no'><uuid>${secretUuid}</uuid>
  <usage type='volume'><volume>${images}/one.img</volume></usage></secret>`;

function checkpointXml(name: string): string {
  return `<domaincheckpoint><name>${name}</name>
    <disks><disk name='vda' checkpoint='bitmap'/><disk name='vdb' checkpoint='no'/></disks></domaincheckpoint>`;
}
