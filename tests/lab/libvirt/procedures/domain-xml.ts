export type DriverName = 'qemu' | 'test';
/** `probe` runs, `rest` does not, `made` is what calls make. */
export type DomainName = 'probe' | 'rest' | 'made';

/** Where disks of these domains are on a host: the target of the pool `probepool`. */
export const images = '/var/lib/libvirt/probepool';

export const uuids: Readonly<Record<DomainName, string>> = {
  probe: '5f9eb1a3-3b4d-4c1a-9d39-6f0f2f0f6b01',
  rest: '5f9eb1a3-3b4d-4c1a-9d39-6f0f2f0f6b02',
  made: '5f9eb1a3-3b4d-4c1a-9d39-6f0f2f0f6b03',
};
const macs: Readonly<Record<DomainName, string>> = { probe: '01', rest: '02', made: '03' };

/** The definition of a domain for a driver. */
export function domainXml(driver: DriverName, name: DomainName): string {
  return driver === 'qemu' ? qemuDomainXml(name) : testDomainXml(name);
}

function qemuDomainXml(name: DomainName): string {
  return `<domain type='qemu'>
  <name>${name}</name>
  <uuid>${uuids[name]}</uuid>
  <title>The ${name}</title>
  <memory unit='MiB'>160</memory>
  <currentMemory unit='MiB'>128</currentMemory>
  <vcpu current='1'>3</vcpu>
  <iothreads>1</iothreads>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <kernel>/lab/kernel.elf</kernel>
    <initrd>/lab/initrd.gz</initrd>
    <cmdline>console=ttyS0 quiet</cmdline>
  </os>
  <features><acpi/><tcg><tb-cache unit='MiB'>32</tb-cache></tcg></features>
  <cpu mode='custom' match='exact'><model>qemu64</model></cpu>
  <pm><suspend-to-mem enabled='yes'/></pm>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' discard='unmap'/>
      <source file='${images}/${name}.qcow2'/>
      <target dev='vda' bus='virtio'/>
    </disk>${name === 'probe' ? rawDisk : ''}
    <controller type='usb' model='qemu-xhci'/>
    <interface type='bridge'>
      <mac address='52:54:00:fe:02:${macs[name]}'/>
      <source bridge='br-ex'/>
      <target dev='${name}0'/>
      <model type='virtio'/>
    </interface>
    <serial type='pty'><target port='0'/></serial>
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
    <graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'/>
    <memballoon model='virtio'><stats period='1'/></memballoon>
  </devices>
</domain>`;
}

/** Not for the domain with snapshots: none can be inside of a raw file. */
const rawDisk = `
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw'/>
      <source file='${images}/probe.img'/>
      <target dev='vdb' bus='virtio'/>
    </disk>`;

function testDomainXml(name: DomainName): string {
  return `<domain type='test'>
  <name>${name}</name>
  <uuid>${uuids[name]}</uuid>
  <title>The ${name}</title>
  <memory unit='MiB'>160</memory>
  <currentMemory unit='MiB'>128</currentMemory>
  <vcpu current='1'>3</vcpu>
  <iothreads>1</iothreads>
  <os><type>hvm</type></os>
  <devices>
    <disk type='file' device='disk'><source file='/${name}.qcow2'/><target dev='vda' bus='virtio'/></disk>${name === 'probe' ? rawDisk : ''}
    <interface type='network'>
      <mac address='52:54:00:fe:02:${macs[name]}'/>
      <source network='probenet'/>
      <target dev='${name}0'/>
    </interface>
    <memballoon model='virtio'/>
  </devices>
</domain>`;
}
