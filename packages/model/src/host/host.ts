import type { HostFacts } from './host-facts.ts';
import type { NetworkSettings } from './network-settings.ts';
import type { StorageSettings } from './storage-settings.ts';

/** A host that Ferry looks after. `id` is libvirt's host uuid, which survives renames and new addresses. */
export interface Host {
  readonly id: string;
  readonly name: string;
  /** How the controller reaches its libvirtd. */
  readonly uri: string;
  /** How the other hosts reach its libvirtd; mostly the same. */
  readonly peerUri: string;
  /** Its address on a network where copies between hosts need no encryption, because an operator says so; null: none. */
  readonly trustedCopyAddress: string | null;
  /** Where screens of guests listen that are made there or come there; null: on its loopback. */
  readonly screenAddress: string | null;
  /** Whether screens of its guests speak VNC within TLS, as `vnc_tls` of its hypervisor has them. */
  readonly screenTls: boolean;
  readonly networks: NetworkSettings;
  readonly storage: StorageSettings;
  /** Whether base images that Ferry brought there are removed once nothing uses them after a move away. */
  readonly removeUnusedImages: boolean;
  /** Where disks of instances that are created there stand; null: in the pool `default`, or where libvirt has images. */
  readonly imageDirectory: string | null;
  /** Directories in which guests may have files there, with what is below, beside those that its pools and guests have. */
  readonly allowedDirectories: readonly string[];
  readonly service: HostService;
  /** What an operator says of it, for choosing hosts by: `rack` is `a3`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Set while it takes no instance by any way, because it is emptied or worked at; null: it is not in maintenance. */
  readonly maintenance: HostMaintenance | null;
  /** Since when it is known to be off, and who says so; null: nobody does. Taken back as soon as it answers. */
  readonly fence: { readonly at: string; readonly by: string } | null;
  /** The last facts read; they can be old when the service is down. */
  readonly facts: HostFacts | null;
}

/** Whether the host's libvirtd answers, and whether an operator lets it take new instances. */
export interface HostService {
  readonly state: 'up' | 'down';
  /** Why it is down, in words; empty when it is up. */
  readonly reason: string;
  readonly status: 'enabled' | 'disabled';
  /** Time of the last answer, UTC ISO 8601; null when it never answered. */
  readonly lastSeenAt: string | null;
}

/** Since when a host is in maintenance, and whose word it is: a user's name, or `plan` and the plan's id. */
export interface HostMaintenance {
  /** UTC ISO 8601. */
  readonly since: string;
  readonly by: string;
  /** Empty where none was given. */
  readonly reason: string;
}
