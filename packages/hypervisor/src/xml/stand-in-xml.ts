import { type StandIn, standInDisk } from '../contract/host-probes.ts';
import { escapeXml } from './write-xml.ts';

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
