import { createHash } from 'node:crypto';
import { guestDiskMib } from './guest-files.ts';
import type { GuestRecord } from './guest-records.ts';
import { guestAddress, type GuestDisk, type GuestPlug, guestXml } from './guest-xml.ts';
import { kvmWorks } from './kvm-works.ts';
import { LabError } from './lab-error.ts';
import type { LabHost } from './lab-host.ts';
import type { NetworkDisk } from './storage-server.ts';

/** What guest is wanted. */
export interface GuestOptions {
  readonly name: string;
  readonly host: LabHost;
  /** MiB; 128 when not given. 80 is the least that boots. */
  readonly memoryMib?: number;
  /** `local` disks stand on the host alone, `shared` ones in the directory of all hosts. */
  readonly storage?: 'local' | 'shared';
  /** `overlay` stands on the base image of known content; the others are copies of it. */
  readonly disk?: 'overlay' | 'standalone' | 'raw';
  /** A disk on the network in place of a file. */
  readonly networkDisk?: NetworkDisk;
  readonly dirty?: { readonly mib: number; readonly mibPerSecond: number };
  /** From 1 to 12: the guest's address is 203.0.113.140 and this. The next free one when not given. */
  readonly index?: number;
  /** What its interface is plugged into; the host's bridge when not given. */
  readonly plug?: GuestPlug;
  /** What its serial port writes to, and the address that a VNC screen of it listens on (see `GuestShape`). */
  readonly serial?: 'file' | 'pty';
  readonly screen?: string;
  /** With QEMU's guest agent, which takes some 10 MiB more. */
  readonly agent?: boolean;
  /** Left shut off. */
  readonly off?: boolean;
}

const directories = { local: '/var/lib/libvirt/images', shared: '/var/lib/libvirt/shared' } as const;

/** Name of the base image that overlays stand on. */
export const baseImageName = 'lab-base.qcow2';

/** Makes a guest with its disk, defines and starts it. */
export async function createGuest(number: number, options: GuestOptions): Promise<GuestRecord> {
  const { name, host } = options;
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(name))
    throw new LabError(`"${name}" cannot name a guest: small letters, digits and dashes`);
  const directory = directories[options.storage ?? 'local'];
  const disk: GuestDisk =
    options.networkDisk ?? (await makeDisk(host, directory, name, options.disk ?? 'overlay'));
  const uuid = uuidOf(name, number);
  const commands =
    options.dirty === undefined ? [] : [`dirty:${options.dirty.mib}:${options.dirty.mibPerSecond}`];
  const memoryMib = options.memoryMib ?? 128;
  const plug = options.plug === undefined ? {} : { plug: options.plug };
  const consoles = {
    ...(options.serial === undefined ? {} : { serial: options.serial }),
    ...(options.screen === undefined ? {} : { screen: options.screen }),
  };
  const agent = options.agent === undefined ? {} : { agent: options.agent };
  const shape = { name, uuid, number, memoryMib, disk, commands, kvm: kvmWorks() };
  const xml = guestXml({ ...shape, ...plug, ...consoles, ...agent });
  // virsh cannot open the socket that stands for stdin here: it reads a file.
  await host.execOk(['sh', '-ec', 'cat > /run/$0.xml && virsh -q define /run/$0.xml', name], { input: xml });
  if (options.off !== true) await host.virsh('start', name);
  return {
    name,
    uuid,
    number,
    address: guestAddress(number),
    diskPath: 'path' in disk ? disk.path : disk.file,
  };
}

async function makeDisk(
  host: LabHost,
  directory: string,
  name: string,
  kind: 'overlay' | 'standalone' | 'raw',
): Promise<{ path: string; format: 'qcow2' | 'raw' }> {
  const format = kind === 'raw' ? 'raw' : 'qcow2';
  const path = `${directory}/${name}.${format === 'raw' ? 'img' : 'qcow2'}`;
  const base = `${directory}/${baseImageName}`;
  const script = {
    // The copy is renamed into place: two guests made at once find either no base or a whole one.
    overlay: `[ -e ${base} ] || { cp --sparse=always /lab/base.qcow2 ${base}.$$ && chmod 644 ${base}.$$ && mv ${base}.$$ ${base}; }
      qemu-img create -q -f qcow2 -b ${base} -F qcow2 ${path} ${guestDiskMib}M`,
    standalone: `cp --sparse=always /lab/base.qcow2 ${path}`,
    raw: `qemu-img convert -q -f qcow2 -O raw /lab/base.qcow2 ${path}`,
  }[kind];
  await host.execOk(['sh', '-ec', `${script}\nchown libvirt-qemu:libvirt-qemu ${path}`]);
  const pool = directory === directories.shared ? 'shared' : 'default';
  await host.virsh('pool-refresh', pool);
  return { path, format };
}

/** The same guest has the same uuid in every lab: logs of two runs can be compared. */
function uuidOf(name: string, number: number): string {
  const hex = createHash('sha256').update(`${name} ${number}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
