/**
 * What a host says about itself, read live from its hypervisor.
 * Versions are libvirt's numbers: major * 1,000,000 + minor * 1,000 + release.
 */
export interface HostFacts {
  readonly hostUuid: string;
  readonly hostname: string;
  /** The driver's own name, for example `QEMU`. */
  readonly hypervisorType: string;
  readonly hypervisorVersion: number;
  readonly libvirtVersion: number;
  readonly arch: string;
  readonly cpuModel: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Memory a new guest could take now: free plus page cache that can be dropped. */
  readonly memoryAvailableBytes: number;
  /** Kinds of guests it can run, for example `kvm` and `qemu`. */
  readonly domainTypes: readonly string[];
  /** Machine types of the host's own architecture, with their aliases. */
  readonly machineTypes: readonly string[];
  /** The user and group that QEMU runs as; null where the host does not say. */
  readonly qemuOwner: Owner | null;
  readonly networks: readonly NetworkFacts[];
}

/** A numeric owner of files. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** One libvirt network of a host. */
export interface NetworkFacts {
  readonly name: string;
  readonly active: boolean;
  readonly bridge: string | null;
}

/** What a host's libvirt does with the owner of an image while a guest uses it (`qemu.conf`). */
export interface OwnershipFacts {
  /** It gives images to QEMU's user (`dynamic_ownership`). */
  readonly dynamic: boolean;
  /** It gives them back to whom they belonged before (`remember_owner`), instead of to root. */
  readonly remembered: boolean;
}

/** What a host is made of, as far as definitions of guests can name it. */
export interface HardwareFacts {
  readonly cpu: HostCpu;
  readonly cells: readonly { readonly id: number; readonly cpus: readonly number[] }[];
  /** Large pages of all cells together that nobody has. */
  readonly hugePages: readonly { readonly sizeBytes: number; readonly free: number }[];
  /** Models of labels that are in force: `apparmor`, `dac`. */
  readonly securityModels: readonly string[];
  /** Kinds of encrypted guests that its hypervisor can start: `sev`; null where it does not say. */
  readonly launchSecurity: readonly string[] | null;
}

/** A processor as libvirt knows it: a model and what it has beyond that. */
export interface HostCpu {
  readonly model: string;
  readonly vendor: string;
  /** Null where libvirt does not say. */
  readonly microcode: string | null;
  readonly features: readonly string[];
}
