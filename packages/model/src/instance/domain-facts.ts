import type { ImageInside } from '../image/image-inside.ts';
import type { SecretRef } from '../storage/pool-facts.ts';
import type { PowerState } from './instance.ts';
import type { NetworkSource } from './network-facts.ts';

/** A domain as its host shows it now. */
export interface DomainFacts {
  readonly id: string;
  readonly name: string;
  readonly power: PowerState;
  /** libvirt's reason of that state, in its own words: `booted`, `migrated`, `crashed`. */
  readonly reason: string;
  readonly persistent: boolean;
  readonly autostart: boolean;
  /** A job libvirt runs on it now: a migration out or in, a save, a backup. */
  readonly activeJob: string | null;
  readonly managedSave: boolean;
  /** `kvm` or `qemu` (software emulation). */
  readonly domainType: string;
  readonly arch: string;
  readonly machineType: string;
  readonly emulator: string;
  /** The most that it can have. */
  readonly memoryBytes: number;
  /** What its balloon leaves it of that (`<currentMemory>`). Not set in facts of earlier versions. */
  readonly currentMemoryBytes?: number;
  readonly vcpus: number;
  /** The `<cpu>` element as text; null when the domain has none. */
  readonly cpuXml: string | null;
  readonly disks: readonly DiskFacts[];
  readonly interfaces: readonly InterfaceFacts[];
  /** Devices of the host passed through, as libvirt types: `pci`, `usb`, `mdev`. */
  readonly hostDevices: readonly string[];
  /** What belongs to it beside its definition and its disks. */
  readonly extras: DomainExtras;
}

/** State of a domain that its host keeps elsewhere than in its disks. */
export interface DomainExtras {
  /** The file of the firmware's variables, like a disk; null where there is none (yet). */
  readonly nvram: DiskFacts | null;
  /** Files that it keeps memory in, like disks: memory devices and the store of its crashes. Not set in facts of earlier versions. */
  readonly files?: readonly DiskFacts[];
  /** The disks of its next start, where they are others than those of its life now; null or not set: they are the same. */
  readonly nextDisks?: readonly DiskFacts[] | null;
  /** Files that snapshots and checkpoints name and that none of its disks stands on. */
  readonly recordFiles?: readonly string[];
  /** Whether its TPM is emulated: what the TPM holds is then a directory of the host. */
  readonly emulatedTpm: boolean;
  /** Snapshots that libvirt knows of, by name. */
  readonly snapshots: readonly string[];
  /** Those of them whose memory is a file of its own. */
  readonly snapshotsWithMemoryFile: readonly string[];
  readonly checkpoints: readonly string[];
}

/** One disk of a domain. */
export interface DiskFacts {
  /** The guest's name of it: `vda`. Unique in a domain. */
  readonly target: string;
  readonly device: 'disk' | 'cdrom' | 'floppy' | 'lun';
  readonly kind: 'file' | 'block' | 'network' | 'volume' | 'other';
  /** File or block device on the host; null for the other kinds and for an empty drive. */
  readonly path: string | null;
  /** The pool and the volume that the guest names it by; null where it names a path or a server. */
  readonly volume: { readonly pool: string; readonly name: string } | null;
  /** Where a disk of the kind `network` is; null for the other kinds. */
  readonly network: NetworkSource | null;
  readonly format: string;
  readonly readOnly: boolean;
  readonly shareable: boolean;
  /** Secrets of the hypervisor that it takes to open it. */
  readonly secrets: readonly SecretRef[];
  /** Paths of what it stands on as its definition tells, which counts more than what files say; null: files say it. */
  readonly toldBacking: readonly string[] | null;
  /** The formats of those, in the same order; '' where none is told. Not set in facts of earlier versions. */
  readonly toldFormats?: readonly string[];
  /** The hypervisor itself sends what is in it, with the guest. */
  readonly sentByHypervisor?: boolean;
  /** It is the guest's own to write, though nobody does while it moves: only its next start has it. */
  readonly standsStill?: boolean;
  /** It is no disk, but holds the data of the image at that path. */
  readonly dataOf?: string;
  /** The image itself, when the host could be asked; null where it could not. */
  readonly image: ImageFacts | null;
  /** Its guest starts without it where there is nothing at its path (`startupPolicy='optional'`). */
  readonly optional?: boolean;
  /** What its host says where there is nothing at its path, or at that of what it stands on. Not set: it is whole. */
  readonly missing?: string;
  /** What it stands on, nearest first; empty for an image that stands alone. */
  readonly backing: readonly ImageFacts[];
}

/** One image file as the host's storage driver sees it. */
export interface ImageFacts {
  readonly path: string;
  readonly format: string;
  /** Size the guest sees. */
  readonly capacityBytes: number;
  /** Room it takes on the host. */
  readonly allocationBytes: number;
  readonly owner: { readonly uid: number; readonly gid: number; readonly mode: number } | null;
  /** It is a block device. */
  readonly device?: boolean;
  /** What it holds beside its disk, or elsewhere; not set where nobody looked, or there is nothing. */
  readonly inside?: ImageInside;
}

/** One network interface of a domain. */
export interface InterfaceFacts {
  readonly mac: string;
  readonly kind: 'bridge' | 'network' | 'direct' | 'user' | 'other';
  /** Bridge, network or device by its name; null where the kind has none. */
  readonly source: string | null;
  /** The packet filter before it; null when there is none. */
  readonly filter: string | null;
  /** Kind of switch port where it is not a plain one: `openvswitch`, `802.1Qbh`. */
  readonly virtualPort: string | null;
  /** The id by which a controller of the switch knows the port, as it is now; null where there is none. */
  readonly portId: string | null;
  /** How a macvtap device shares its card; null for the other kinds. */
  readonly mode: string | null;
  /** The port group of a network; null where it names none. */
  readonly portGroup: string | null;
}

/** What an instance's definition tells of it, as its host showed it last: lists answer from it without asking a host. */
export interface InstanceDevices {
  /** The hypervisor's name of the domain, which stays when the instance is renamed. */
  readonly domainName: string;
  /** The first disk by the guest's name, `/dev/vda`; null for a guest without disks. */
  readonly rootDevice: string | null;
  readonly interfaces: readonly InstanceInterface[];
}

/** One network interface, and what it is plugged into by its name: network, bridge or device. */
export interface InstanceInterface {
  readonly mac: string;
  readonly network: string;
}

/** What is kept of a domain's definition, so that lists can tell it. */
export function devicesOf({ name, disks, interfaces }: DomainFacts): InstanceDevices {
  const root = disks.find(({ device }) => device === 'disk') ?? disks[0];
  return {
    domainName: name,
    rootDevice: root === undefined ? null : `/dev/${root.target}`,
    interfaces: interfaces.map(({ mac, source, kind }) => ({ mac, network: source ?? kind })),
  };
}
