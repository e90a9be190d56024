import { domainElementsCheckFor } from './judged-domains.test-support.ts';
import { describe, expect, test } from 'vitest';

/** Parts of definitions that QEMU, libvirt or the target cannot carry, or that only somebody else can judge. */
const devices: readonly { readonly xml: string; readonly live: string; readonly cold: string }[] = [
  {
    xml: "<disk type='file' device='disk'><source file='/i/a.qcow2'/><target dev='vda'/></disk>",
    live: 'ok',
    cold: 'ok',
  },
  { xml: "<interface type='bridge'><source bridge='br0'/></interface>", live: 'ok', cold: 'ok' },
  {
    xml: "<interface type='hostdev' managed='yes'><source><address type='pci' domain='0' bus='3' slot='0' function='1'/></source></interface>",
    live: 'refused',
    cold: 'asks node-device',
  },
  {
    xml: "<interface type='vhostuser'><source type='unix' path='/run/v.sock' mode='client'/></interface>",
    live: 'word',
    cold: 'word',
  },
  {
    xml: "<interface type='vdpa'><source dev='/dev/vhost-vdpa-0'/></interface>",
    live: 'refused',
    cold: 'word',
  },
  {
    xml: "<interface type='ethernet'><target dev='tap7' managed='no'/></interface>",
    live: 'word',
    cold: 'word',
  },
  { xml: "<interface type='user'><backend type='passt'/></interface>", live: 'word', cold: 'asks tried' },
  { xml: "<interface type='user'/>", live: 'ok', cold: 'ok' },
  {
    xml: "<filesystem type='mount'><source dir='/srv/share'/><target dir='data'/></filesystem>",
    live: 'asks same-directory',
    cold: 'asks same-directory',
  },
  {
    xml: "<graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'><listen type='address' address='127.0.0.1'/></graphics>",
    live: 'ok',
    cold: 'ok',
  },
  { xml: "<graphics type='vnc' port='5900' autoport='yes' listen='0.0.0.0'/>", live: 'ok', cold: 'ok' },
  {
    xml: "<graphics type='vnc' autoport='yes' listen='203.0.113.77'/>",
    live: 'asks tried',
    cold: 'asks tried',
  },
  { xml: "<graphics type='vnc' port='5931' autoport='no'/>", live: 'asks tried', cold: 'asks tried' },
  { xml: "<graphics type='vnc' socket='/run/vnc.sock'/>", live: 'asks tried', cold: 'asks tried' },
  {
    xml: "<graphics type='spice' autoport='yes'><listen type='network' network='lan'/></graphics>",
    live: 'asks tried',
    cold: 'asks tried',
  },
  { xml: "<graphics type='sdl' display=':0'/>", live: 'word', cold: 'word' },
  {
    xml: "<tpm model='tpm-tis'><backend type='passthrough'><device path='/dev/tpm0'/></backend></tpm>",
    live: 'refused',
    cold: 'word',
  },
  {
    xml: "<tpm model='tpm-tis'><backend type='external'><source type='unix' mode='connect' path='/run/swtpm'/></backend></tpm>",
    live: 'word',
    cold: 'word',
  },
  {
    xml: "<serial type='pty'><source path='/dev/pts/3'/><target port='0'/></serial>",
    live: 'ok',
    cold: 'ok',
  },
  { xml: "<serial type='dev'><source path='/dev/ttyS1'/></serial>", live: 'asks tried', cold: 'asks tried' },
  {
    xml: "<serial type='file'><source path='/var/log/guest.log'/></serial>",
    live: 'asks directory',
    cold: 'asks directory',
  },
  {
    xml: "<console type='pipe'><source path='/run/pipe'/></console>",
    live: 'asks tried',
    cold: 'asks tried',
  },
  {
    xml: "<channel type='tcp'><source mode='bind' host='127.0.0.1' service='4555'/></channel>",
    live: 'asks tried',
    cold: 'asks tried',
  },
  {
    xml: "<channel type='tcp'><source mode='connect' host='10.0.0.1' service='4555'/></channel>",
    live: 'word',
    cold: 'word',
  },
  {
    xml: "<channel type='unix'><source mode='connect' path='/run/agent'/></channel>",
    live: 'word',
    cold: 'word',
  },
  {
    xml: "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>",
    live: 'ok',
    cold: 'ok',
  },
  { xml: "<smartcard mode='host'/>", live: 'word', cold: 'word' },
  { xml: "<smartcard mode='passthrough' type='spicevmc'/>", live: 'ok', cold: 'ok' },
  {
    xml: "<redirdev bus='usb' type='tcp'><source mode='connect' host='10.0.0.9' service='4000'/></redirdev>",
    live: 'word',
    cold: 'word',
  },
  {
    xml: "<input type='passthrough' bus='virtio'><source evdev='/dev/input/event3'/></input>",
    live: 'refused',
    cold: 'asks tried',
  },
  {
    xml: "<input type='evdev'><source dev='/dev/input/event3'/></input>",
    live: 'asks tried',
    cold: 'asks tried',
  },
  { xml: "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>", live: 'ok', cold: 'ok' },
  {
    xml: "<rng model='virtio'><backend model='random'>/dev/hwrng</backend></rng>",
    live: 'asks tried',
    cold: 'asks tried',
  },
  {
    xml: "<rng model='virtio'><backend model='egd' type='udp'><source mode='bind' service='1234'/></backend></rng>",
    live: 'asks tried',
    cold: 'asks tried',
  },
  {
    xml: "<memory model='nvdimm'><source><path>/img/nv</path></source></memory>",
    live: 'refused',
    cold: 'ok',
  },
  { xml: "<pstore backend='acpi-erst'><path>/img/ps</path></pstore>", live: 'refused', cold: 'ok' },
  { xml: "<shmem name='bus'><model type='ivshmem-plain'/></shmem>", live: 'refused', cold: 'word' },
  {
    xml: '<lease><lockspace>a</lockspace><key>b</key><target path="/leases/a"/></lease>',
    live: 'word',
    cold: 'word',
  },
  {
    xml: "<hostdev mode='subsystem' type='pci'><source><address domain='0' bus='3' slot='0' function='1'/></source></hostdev>",
    live: 'ok',
    cold: 'asks node-device',
  },
  {
    xml: "<disk type='block'><source dev='/dev/x'><reservations managed='yes'/></source></disk>",
    live: 'word',
    cold: 'word',
  },
  { xml: "<disk type='dir'><source dir='/srv'/></disk>", live: 'word', cold: 'word' },
  { xml: "<vsock><cid auto='no' address='7'/></vsock>", live: 'asks tried', cold: 'asks tried' },
  { xml: "<quantum entangled='yes'><with>compute11</with></quantum>", live: 'word', cold: 'word' },
  { xml: "<serial type='pty'><quantum/></serial>", live: 'word', cold: 'word' },
];

describe.each(devices)('$xml', ({ xml, live, cold }) => {
  test(`live: ${live}; cold: ${cold}`, () => {
    const domain = `<domain type='kvm'><name>a</name><devices>${xml}</devices></domain>`;
    expect(domainElementsCheckFor(domain, 'live-migration')).toBe(live);
    expect(domainElementsCheckFor(domain, 'cold-migration')).toBe(cold);
  });
});

/** The same outside of devices. */
const parts: readonly { readonly xml: string; readonly live: string; readonly cold: string }[] = [
  { xml: "<memory unit='MiB'>128</memory><vcpu current='1'>2</vcpu>", live: 'ok', cold: 'ok' },
  { xml: "<vcpu cpuset='0-3'>2</vcpu>", live: 'asks cpus', cold: 'asks cpus' },
  { xml: "<cputune><vcpupin vcpu='0' cpuset='9'/></cputune>", live: 'asks cpus', cold: 'asks cpus' },
  {
    xml: "<numatune><memory mode='strict' nodeset='1'/></numatune>",
    live: 'asks numa-nodes',
    cold: 'asks numa-nodes',
  },
  { xml: '<memoryBacking><hugepages/></memoryBacking>', live: 'asks hugepages', cold: 'asks hugepages' },
  { xml: "<cpu mode='host-passthrough' migratable='on'/>", live: 'asks host-cpu', cold: 'ok' },
  { xml: "<cpu mode='host-model'/>", live: 'ok', cold: 'ok' },
  {
    xml: "<cpu mode='custom'><model>qemu64</model><feature policy='require' name='invtsc'/></cpu>",
    live: 'asks host-cpu',
    cold: 'ok',
  },
  {
    xml: "<launchSecurity type='sev'><policy>1</policy></launchSecurity>",
    live: 'refused',
    cold: 'asks launch-security',
  },
  {
    xml: "<launchSecurity type='sev'><session>abc</session></launchSecurity>",
    live: 'refused',
    cold: 'word',
  },
  { xml: "<seclabel type='dynamic' model='dac'/>", live: 'ok', cold: 'ok' },
  {
    xml: "<seclabel type='static' model='selinux'><label>x</label></seclabel>",
    live: 'asks security-model',
    cold: 'asks security-model',
  },
  {
    xml: "<os><type>hvm</type><kernel>/boot/k</kernel><acpi><table type='slic'>/a/slic</table></acpi></os>",
    live: 'asks file',
    cold: 'asks file',
  },
  {
    xml: "<sysinfo type='fwcfg'><entry name='opt/x' file='/srv/ign.json'/></sysinfo>",
    live: 'asks file',
    cold: 'asks file',
  },
  {
    xml: "<os><type>hvm</type><nvram type='block'><source dev='/dev/vg/nv'/></nvram></os>",
    live: 'ok',
    cold: 'ok',
  },
  { xml: '<os><type>exe</type></os>', live: 'refused', cold: 'refused' },
  {
    xml: "<commandline xmlns='http://libvirt.org/schemas/domain/qemu/1.0'><arg value='-fw_cfg'/></commandline>",
    live: 'word',
    cold: 'word',
  },
  {
    xml: '<metadata><own:x xmlns:own="urn:x"><own:any thing="at all"/></own:x></metadata>',
    live: 'ok',
    cold: 'ok',
  },
];

describe.each(parts)('$xml', ({ xml, live, cold }) => {
  test(`live: ${live}; cold: ${cold}`, () => {
    const domain = `<domain type='kvm'><name>a</name>${xml}</domain>`;
    expect(domainElementsCheckFor(domain, 'live-migration')).toBe(live);
    expect(domainElementsCheckFor(domain, 'cold-migration')).toBe(cold);
  });
});
