import fc from 'fast-check';

/** Descriptions as libvirt gives them, with a little of everything that is read of them. */
export const descriptions: readonly string[] = [
  `<domain type='qemu' id='3' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>web &amp; shop</name><uuid>3483d9f1-4015-48d9-9837-b67ca82d0009</uuid>
  <metadata><x:y xmlns:x='urn:x'><x:z>1</x:z></x:y></metadata>
  <memory unit='MiB'>128</memory><currentMemory unit='KiB'>65536</currentMemory><vcpu placement='static' current='1'>2</vcpu>
  <cputune><vcpusched vcpus='0-1' scheduler='fifo' priority='1'/></cputune>
  <os><type arch='x86_64' machine='pc-q35-10.0'>hvm</type><kernel>/lab/vmlinuz</kernel>
    <loader readonly='yes' type='pflash'>/usr/share/OVMF.fd</loader>
    <nvram template='/usr/share/VARS.fd' type='file'><source file='/nvram/web.fd'/></nvram></os>
  <cpu mode='custom' match='exact'><model>qemu64</model><numa><cell id='0' cpus='0-1' memory='128' unit='MiB'/></numa></cpu>
  <devices><emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/images/web.qcow2' index='1'/>
      <backingStore type='file'><format type='qcow2'/><source file='/images/base.qcow2'/><backingStore/></backingStore><target dev='vda' bus='virtio'/></disk>
    <disk type='network' device='disk'><driver type='raw'/><source protocol='rbd' name='pool/x'><host name='m1' port='6789'/><auth username='u'><secret type='ceph' uuid='3483d9f1-4015-48d9-9837-b67ca82d0001'/></auth></source><target dev='vdb'/><shareable/></disk>
    <interface type='network'><mac address='52:54:00:00:00:0a'/><source network='default' portid='x' bridge='virbr0'/><virtualport type='openvswitch'><parameters interfaceid='3483d9f1-4015-48d9-9837-b67ca82d0002'/></virtualport><filterref filter='f'/></interface>
    <serial type='pty'><source path='/dev/pts/1'/><target port='0'/><log file='/log/web.log' append='on'/></serial>
    <graphics type='vnc' port='5900' autoport='yes' listen='127.0.0.1'><listen type='address' address='127.0.0.1'/></graphics>
    <hostdev mode='subsystem' type='pci'><source><address domain='0x0000' bus='0x3b' slot='0x00' function='0x0'/></source></hostdev>
    <filesystem type='mount'><source dir='/shared'/><target dir='s'/></filesystem>
    <memory model='nvdimm'><source><path>/nv/1</path></source><target><size unit='KiB'>1024</size></target></memory>
  </devices><qemu:commandline><qemu:arg value='-x'/></qemu:commandline></domain>`,
  `<network connections='1'><name>blue</name><uuid>3483d9f1-4015-48d9-9837-b67ca82d0003</uuid><forward mode='nat' dev='eth0'><interface dev='eth0'/></forward>
  <bridge name='virbr1' stp='on' delay='0'/><mtu size='9000'/><vlan><tag id='7'/></vlan><portgroup name='p' default='yes'><vlan><tag id='8'/></vlan></portgroup>
  <ip address='10.1.0.1' netmask='255.255.255.0'><dhcp><range start='10.1.0.2' end='10.1.0.9'/><host mac='52:54:00:00:00:0a' name='web' ip='10.1.0.5'/></dhcp></ip></network>`,
  `<pool type='dir'><name>default</name><uuid>3483d9f1-4015-48d9-9837-b67ca82d0004</uuid><capacity unit='bytes'>1000</capacity><available unit='bytes'>10</available>
  <source><host name='nfs'/><dir path='/export'/><format type='nfs'/><auth type='chap' username='u'><secret usage='s'/></auth></source><target><path>/images</path></target></pool>`,
  `<volume type='file'><name>web.qcow2</name><key>/images/web.qcow2</key><capacity unit='bytes'>1000</capacity><allocation unit='bytes'>10</allocation>
  <target><path>/images/web.qcow2</path><format type='qcow2'/><permissions><mode>0600</mode><owner>0</owner><group>0</group></permissions><timestamps><mtime>1.5</mtime></timestamps></target>
  <backingStore><path>/images/base.qcow2</path><format type='raw'/></backingStore></volume>`,
  `<capabilities><host><uuid>3483d9f1-4015-48d9-9837-b67ca82d0005</uuid><cpu><arch>x86_64</arch><model>EPYC</model></cpu><secmodel><model>dac</model><doi>0</doi><baselabel type='qemu'>+64055:+64055</baselabel></secmodel></host>
  <guest><os_type>hvm</os_type><arch name='x86_64'><machine maxCpus='255'>pc-q35-10.0</machine><domain type='kvm'/></arch></guest></capabilities>`,
  `<secret ephemeral='no' private='yes'><uuid>3483d9f1-4015-48d9-9837-b67ca82d0006</uuid><description>d</description><usage type='iscsi'><target>t</target></usage></secret>`,
];

/** What stands where a value is expected. */
const odd: readonly string[] = [
  '',
  ' ',
  '-1',
  '0x10',
  '1e9',
  '99999999999999999999999999',
  'constructor',
  '__proto__',
  '../../etc/passwd',
  '&#13;&#10;',
  '&lt;x&gt;',
  '&amp;amp;',
  '\u0085\u2028\u2029',
  'ä🚢',
  'a'.repeat(5_000),
];

type Damage = (text: string) => string;
const at = (text: string, where: number): number => Math.floor(where * text.length);
const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

/** A piece cut out, doubled, moved or replaced; a value, a text or a name made another; an element repeated or nested. */
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.tuple(share, fc.nat(80)).map(
    ([where, length]): Damage =>
      (text) => {
        const from = at(text, where);
        return text.slice(0, from) + text.slice(from + length);
      },
  ),
  fc.tuple(share, share, fc.nat(200)).map(
    ([where, to, length]): Damage =>
      (text) => {
        const piece = text.slice(at(text, where), at(text, where) + length);
        return text.slice(0, at(text, to)) + piece + text.slice(at(text, to));
      },
  ),
  fc.tuple(fc.nat(), fc.constantFrom(...odd)).map(
    ([which, value]): Damage =>
      (text) =>
        replaceNth(text, /'[^'<]*'/g, which, `'${value}'`),
  ),
  fc.tuple(fc.nat(), fc.constantFrom(...odd)).map(
    ([which, value]): Damage =>
      (text) =>
        replaceNth(text, />[^<]+</g, which, `>${value}<`),
  ),
  fc.tuple(fc.nat(), fc.constantFrom('name', 'source', 'disk', 'devices', 'x:y', 'constructor', 'a')).map(
    ([which, name]): Damage =>
      (text) =>
        replaceNth(text, /<[a-z]\w*/gi, which, `<${name}`),
  ),
  fc.tuple(fc.nat(), fc.integer({ min: 2, max: 300 })).map(([which, times]): Damage => {
    return (text) => replaceNth(text, /<[a-z]\w*(?: [^<>]*)?\/>/gi, which, (one) => one.repeat(times));
  }),
  fc.tuple(fc.nat(), fc.integer({ min: 1, max: 400 })).map(([which, depth]): Damage => {
    return (text) =>
      replaceNth(text, /<[a-z]\w*(?: [^<>]*)?\/>/gi, which, (one) => {
        return `${'<n>'.repeat(depth)}${one}${'</n>'.repeat(depth)}`;
      });
  }),
  fc
    .tuple(
      share,
      fc.constantFrom(
        '<!DOCTYPE a [<!ENTITY b "c">]>',
        '<!-- <x> -->',
        '<![CDATA[<y>]]>',
        '<?z?>',
        '&b;',
        '\0',
        '\ud800',
        '<',
        ']]>',
      ),
    )
    .map(
      ([where, piece]): Damage =>
        (text) =>
          text.slice(0, at(text, where)) + piece + text.slice(at(text, where)),
    ),
);

function replaceNth(
  text: string,
  pattern: RegExp,
  which: number,
  by: string | ((found: string) => string),
): string {
  const found = [...text.matchAll(pattern)];
  const one = found[which % Math.max(1, found.length)];
  if (one === undefined) return text;
  const put = typeof by === 'string' ? by : by(one[0]);
  return text.slice(0, one.index) + put + text.slice(one.index + one[0].length);
}

/** A description to which up to six things were done. */
export const damagedXml: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...descriptions), fc.array(damage, { minLength: 1, maxLength: 6 }))
  .map(([text, done]) => done.reduce((one, change) => change(one), text));
