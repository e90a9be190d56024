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
