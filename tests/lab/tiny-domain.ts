import type { LabHost } from '@ferry/lab';

const images = '/var/lib/libvirt/images';

/** A domain without a system in it: what its host does with its files is all that it is for. */
export interface TinyDomain {
  readonly name: string;
  /** Elements for its devices: disks, a serial port, a panic device. */
  readonly devices?: string;
  /** Elements beside its devices. */
  readonly more?: string;
  readonly emulator?: string;
}

/** Defines it, or, with `create`, has it live without a definition. */
export async function putTiny(
  host: LabHost,
  { name, devices = '', more = '', emulator }: TinyDomain,
  how: 'define' | 'start' | 'create' = 'define',
): Promise<void> {
  const path = emulator === undefined ? '' : `<emulator>${emulator}</emulator>`;
  const xml = `<domain type='qemu'><name>${name}</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>${more}<devices>${path}${devices}</devices></domain>`;
  const file = `/run/tiny-${name.trim() === '' ? 'blank' : name}.xml`;
  await host.execOk(['sh', '-ec', 'cat > "$0"', file], { input: xml });
  await host.virsh(how === 'create' ? 'create' : 'define', file);
  if (how === 'start') await host.virsh('start', name);
}

/** The description of a disk on a file. */
export function disk(path: string, target = 'vda', format = 'qcow2'): string {
  return `<disk type='file' device='disk'><driver name='qemu' type='${format}'/><source file='${path}'/><target dev='${target}' bus='virtio'/></disk>`;
}

export function drive(path: string, policy = ''): string {
  return `<disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='${path}'${policy}/><target dev='sda' bus='sata'/><readonly/></disk>`;
}

/** Makes an image on a host; gives its path. */
export async function makeImage(
  host: LabHost,
  name: string,
  { size = '4M', format = 'qcow2', on }: { size?: string; format?: string; on?: string } = {},
): Promise<string> {
  const path = `${images}/${name}`;
  const below = on === undefined ? [] : ['-b', on, '-F', 'qcow2'];
  await host.execOk(['qemu-img', 'create', '-q', '-f', format, ...below, path, size]);
  return path;
}
