import { describe, expect, test } from 'vitest';
import type { StorageAdaptation } from '../contract/domain-adaptation.ts';
import { adaptDomainXml } from './adapt-domain-xml.ts';
import { readDomainXml } from './domain-xml.ts';

const domain = (inside: string): string =>
  `<domain type='kvm'><name>web</name><uuid>0a</uuid><memory>1024</memory><devices><disk><source file='br-ex'/></disk>${inside}</devices></domain>`;
const adapted = (inside: string, names: Record<string, string>, filter: string | null = null): string =>
  adaptDomainXml(domain(inside), { networks: names, ports: {}, filter, storage: null });

const screen = (address: string): string =>
  `<graphics type="vnc" port="-1" listen="${address}"><listen type="address" address="${address}"/></graphics>`;

describe('a domain as it is to be on its target', () => {
  test('bridges, devices and networks get the names that they have there, and nothing else does', () => {
    const xml = adapted(
      "<interface type='bridge'><source bridge='br-ex'/></interface><interface type='direct'><source dev='eth0' mode='bridge'/></interface><interface type='network'><source network='lan'/></interface>",
      { 'br-ex': 'br0', eth0: 'ens3', lan: 'wan' },
    );
    expect(readDomainXml(xml).interfaces.map(({ kind, source }) => [kind, source])).toEqual([
      ['bridge', 'br0'],
      ['direct', 'ens3'],
      ['network', 'wan'],
    ]);
    expect(xml).toContain('mode="bridge"');
    expect(xml).toContain('<disk><source file="br-ex"/></disk>');
  });

  test('a screen that listens on the address of its host listens on that of the target, and no other does', () => {
    const nothing = { networks: {}, ports: {}, filter: null, storage: null };
    const screens = { from: '10.0.0.1', to: '10.0.0.2' };
    const xml = adaptDomainXml(domain(screen('10.0.0.1') + screen('127.0.0.1')), { ...nothing, screens });
    expect(xml).toContain(screen('10.0.0.2') + screen('127.0.0.1'));
    expect(xml).not.toContain('10.0.0.1');
  });

  test('one that runs in a network over a bridge is of that network, without the port and the bridge of its source', () => {
    const running = "<interface type='bridge'><source network='lan' portid='7' bridge='br-ex'/></interface>";
    expect(readDomainXml(domain(running)).interfaces).toMatchObject([{ kind: 'network', source: 'lan' }]);
    const xml = adapted(running, { 'br-ex': 'br0' });
    expect(xml).toContain('<interface type="network"><source network="lan"/></interface>');
  });

  test('one that runs in a network of Open vSwitch keeps the id of its port, and its definition stays without', () => {
    const mac = "<mac address='52:54:00:00:00:01'/>";
    const ports = { '52:54:00:00:00:01': 'abc' };
    const sent = (inside: string, use: 'transfer' | 'definition'): (string | null)[] => {
      const xml = adaptDomainXml(domain(inside), { networks: {}, ports, filter: null, storage: null }, use);
      return readDomainXml(xml).interfaces.map(({ portId }) => portId);
    };
    const plain = `<interface type='network'>${mac}<source network='lan'/></interface>`;
    expect(sent(plain, 'transfer')).toEqual(['abc']);
    expect(sent(plain, 'definition')).toEqual([null]);
    const own = "<virtualport type='openvswitch'><parameters interfaceid='own'/></virtualport>";
    expect(sent(plain.replace('</interface>', `${own}</interface>`), 'transfer')).toEqual(['own']);
    expect(sent(plain.replace(mac, "<mac address='52:54:00:00:00:02'/>"), 'transfer')).toEqual([null]);
  });

  test('a filter takes the place of the one that is there; without one, all stays', () => {
    const filtered =
      "<interface type='bridge'><source bridge='b'/><filterref filter='old'><parameter name='IP' value='1'/></filterref></interface>";
    expect(readDomainXml(adapted(filtered, {}, 'new')).interfaces[0]?.filter).toBe('new');
    expect(adapted(filtered, {}, 'new')).not.toContain('parameter');
    expect(readDomainXml(adapted(filtered, {})).interfaces[0]?.filter).toBe('old');
  });
});

const named = (inside: string, storage: Partial<StorageAdaptation>, use?: 'transfer'): string =>
  adaptDomainXml(
    `<domain><devices>${inside}</devices><os><nvram>/vars/web.fd</nvram></os></domain>`,
    { networks: {}, ports: {}, filter: null, storage: { pools: {}, paths: {}, disks: {}, ...storage } },
    use,
  );
const to = (kind: 'file' | 'block', path: string) => ({
  vda: { place: { kind, path }, byPool: false, backing: null },
});

describe('the disks of a domain as they are to be on its target', () => {
  const file = "<disk type='file'><driver type='qcow2'/><source file='/a/web'/><target dev='vda'/></disk>";

  test('files, devices, what they stand on and the firmware variables get their paths there', () => {
    const running = file.replace(
      '<target',
      "<backingStore type='file'><format type='raw'/><source file='/a/base'/><backingStore/></backingStore><target",
    );
    const lun = "<disk type='block'><source dev='/dev/a'/><target dev='vdb'/></disk>";
    const paths = {
      '/a/web': '/b/web',
      '/a/base': '/c/base',
      '/dev/a': '/dev/b',
      '/vars/web.fd': '/v/web.fd',
    };
    const xml = named(running + lun, { paths });
    for (const there of ['file="/b/web"', 'file="/c/base"', 'dev="/dev/b"', '<nvram>/v/web.fd</nvram>'])
      expect(xml).toContain(there);
    expect(xml).not.toContain('/a/');
  });

  test('an overlay whose file names its base by another path is told its whole chain', () => {
    const backing = [
      { path: '/b/1', format: 'qcow2' },
      { path: '/b/0', format: 'raw' },
    ];
    const vda = { place: null, byPool: false, backing } as const;
    expect(named(file, { paths: { '/a/web': '/b/web' }, disks: { vda } })).toContain(
      '<source file="/b/web"/><backingStore type="file"><format type="qcow2"/><source file="/b/1"/><backingStore type="file"><format type="raw"/><source file="/b/0"/><backingStore/></backingStore></backingStore><target',
    );
  });

  test('a device becomes a file, and a file a device', () => {
    const lun = "<disk type='block' device='disk'><source dev='/dev/a'/><target dev='vda'/></disk>";
    expect(named(lun, { disks: to('file', '/b/web') })).toContain(
      '<disk type="file" device="disk"><source file="/b/web"/>',
    );
    expect(named(file, { disks: to('block', '/dev/b') })).toContain('<source dev="/dev/b"/>');
  });

  test('a volume keeps its name in the definition, by the pool there, and goes by its path while it is sent', () => {
    const volume = "<disk type='volume'><source pool='a' volume='web'/><target dev='vda'/></disk>";
    const storage = {
      pools: { a: 'b' },
      disks: { vda: { place: { kind: 'file', path: '/b/web' }, byPool: true, backing: null } },
    } as const;
    expect(named(volume, storage)).toContain('<disk type="volume"><source pool="b" volume="web"/>');
    expect(named(volume, storage, 'transfer')).toContain('<disk type="file"><source file="/b/web"/>');
  });
});

test('a file that is elsewhere on the target is named so by all that names it, and by no text', () => {
  const xml = `<domain><title>/boot/k</title><os><kernel>/boot/k</kernel><loader>/boot/l</loader><nvram type='file'><source file='/nv/a'/></nvram></os><devices>
<interface><rom file='/roms/x'/></interface><serial><log file='/log/s'/></serial><memory><source><path>/mem/p</path></source></memory>
<disk><source file='/i/a'><dataStore type='file'><source file='/i/a.data'/></dataStore></source><target dev='vda'/></disk></devices></domain>`;
  const names = ['/boot/k', '/boot/l', '/nv/a', '/roms/x', '/log/s', '/mem/p', '/i/a', '/i/a.data'];
  const paths = Object.fromEntries(names.map((name) => [name, `/srv${name}`]));
  const storage = { pools: {}, paths, disks: {} };
  const mapped = adaptDomainXml(xml, { networks: {}, ports: {}, filter: null, storage });
  const renamed = names.reduce(
    (text, name) => text.replaceAll(`>${name}<`, `>/srv${name}<`).replaceAll(`'${name}'`, `'/srv${name}'`),
    xml,
  );
  expect(mapped.replaceAll('"', "'")).toBe(renamed.replace('<title>/srv/boot/k', '<title>/boot/k'));
});

test('names that every object has are names like others', () => {
  const xml = `<domain><devices><interface type='network'><source network='constructor'/></interface><disk type='volume'><source pool='__proto__' volume='a'/><target dev='toString'/></disk></devices></domain>`;
  const storage = { pools: {}, paths: {}, disks: {} };
  const mapped = adaptDomainXml(xml, { networks: {}, ports: {}, filter: null, storage });
  expect(mapped.replaceAll('"', "'")).toBe(xml);
});
