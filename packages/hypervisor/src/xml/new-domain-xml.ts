import { type StandIn, standInDisk } from '../contract/host-trials.ts';
import type { NewDomain, NewInterface } from '../contract/new-domain.ts';
import { escapeXml } from './write-xml.ts';

/** So many volumes can come later. */
const sparePorts = 8;

/**
 * PCI Express has a port for each device, and libvirt makes hardly more of them than there are devices: those that volumes
 * need later are made beforehand. Where ports are named, the root that they stand on has to be.
 */
function portsXml({ configDrive, interfaces }: NewDomain, isX86: boolean): string {
  // Disks, interfaces, balloon and random numbers; the screen of x86 stands on the root itself.
  const devices = (configDrive === null ? 1 : 2) + interfaces.length + 2 + (isX86 ? 0 : 1);
  const port = "<controller type='pci' model='pcie-root-port'/>";
  return `<controller type='pci' index='0' model='pcie-root'/>${port.repeat(devices + sparePorts)}`;
}

/**
 * The description of a domain to be made (https://libvirt.org/formatdomain.html): virtio devices, a serial console whose
 * output is kept in a file, a screen that only the host itself reaches unless an address is named. What is left out the hypervisor chooses.
 */
export function newDomainXml(domain: NewDomain): string {
  const { id, name, title, domainType, arch, machineType, memoryBytes, vcpus } = domain;
  // Under KVM a guest gets the host's processor as it can be moved; emulated, QEMU's usual one can go anywhere.
  const cpu = domainType === 'kvm' ? "<cpu mode='host-model'/>" : '';
  const isX86 = arch === 'x86_64' || arch === 'i686';
  return `<domain type='${escapeXml(domainType)}'>
  <name>${escapeXml(name)}</name>
  <uuid>${escapeXml(id)}</uuid>
  <title>${escapeXml(title.replace(/\s+/g, ' '))}</title>
  <memory unit='b'>${memoryBytes}</memory>
  <vcpu>${vcpus}</vcpu>
  <os>
    <type arch='${escapeXml(arch)}' ${machineType === null ? '' : `machine='${escapeXml(machineType)}'`}>hvm</type>
    <boot dev='hd'/>
  </os>
  <features><acpi/>${isX86 ? '<apic/>' : ''}</features>
  ${cpu}
  <clock offset='utc'/>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' cache='none' discard='unmap'/>
      <source file='${escapeXml(domain.disk)}'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    ${domain.configDrive === null ? '' : configDriveXml(domain.configDrive)}
    <controller type='usb' model='none'/>
    ${machineType !== null && /q35|^virt/.test(machineType) ? portsXml(domain, isX86) : ''}
    ${domain.interfaces.map((one) => interfaceXml(one, domain.filter)).join('\n    ')}
    <serial type='pty'>
      <log file='${escapeXml(domain.consoleLog)}' append='on'/>
      <target port='0'/>
    </serial>
    <console type='pty'><target type='serial' port='0'/></console>
    <graphics type='vnc' port='-1' autoport='yes' listen='${escapeXml(domain.screenAddress ?? '127.0.0.1')}'/>
    <video><model type='${isX86 ? 'vga' : 'virtio'}'/></video>
    <memballoon model='virtio'/>
    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
  </devices>
</domain>
`;
}

/** A disk and no CD-ROM: those are not carried along when a guest moves with its disks. */
function configDriveXml(path: string): string {
  return `<disk type='file' device='disk'>
      <driver name='qemu' type='raw'/>
      <source file='${escapeXml(path)}'/>
      <target dev='vdb' bus='virtio'/>
      <readonly/>
    </disk>`;
}

function interfaceXml({ mac, kind, source }: NewInterface, filter: string | null): string {
  const filtered = filter === null ? '' : `<filterref filter='${escapeXml(filter)}'/>`;
  return `<interface type='${kind}'>
      <mac address='${escapeXml(mac)}'/>
      <source ${kind}='${escapeXml(source)}'/>
      <model type='virtio'/>
      ${filtered}
    </interface>`;
}

/** Emulated, which every host can, on the machine of the guest in whose place it moves, with next to nothing in it. */
export function standInXml({ id, name, arch, machineType, emulator, diskPath }: StandIn): string {
  const disk =
    diskPath === null
      ? ''
      : `<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${escapeXml(diskPath)}'/><target dev='${standInDisk}' bus='virtio'/></disk>`;
  return `<domain type='qemu'><name>${escapeXml(name)}</name><uuid>${id}</uuid><memory unit='MiB'>32</memory><vcpu>1</vcpu>
<os><type arch='${escapeXml(arch)}' machine='${escapeXml(machineType)}'>hvm</type></os><on_poweroff>destroy</on_poweroff>
<devices><emulator>${escapeXml(emulator)}</emulator><controller type='usb' model='none'/><memballoon model='none'/>${disk}</devices></domain>`;
}
