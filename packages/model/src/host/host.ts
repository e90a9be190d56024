import type { MoveRequest } from '../move/move-options.ts';
import type { HostFacts } from './host-facts.ts';

/** How what guests are plugged into is found on a host. */
export interface NetworkSettings {
  /** Networks, bridges and devices by their name elsewhere, where this host names them otherwise. */
  readonly map: Readonly<Record<string, string>>;
  /** Whether a network that it lacks may be defined as at the source. */
  readonly define: boolean;
}

/** What holds for a move: what was asked for, and else what was set for the target. */
export function networkSettings(
  request: Pick<MoveRequest, 'networkMap' | 'defineNetworks'>,
  target: { readonly networks: NetworkSettings } | null,
): NetworkSettings {
  return {
    map: { ...target?.networks.map, ...request.networkMap },
    define: request.defineNetworks || target?.networks.define === true,
  };
}

/** How the storage of guests is found on a host. */
export interface StorageSettings {
  /** Pools by their name elsewhere, where this host names them otherwise. */
  readonly pools: Readonly<Record<string, string>>;
  /** Files, devices and directories by their path elsewhere, where they are at another here; what is below goes along. */
  readonly paths: Readonly<Record<string, string>>;
  /** Whether a pool that it lacks may be defined as at the source. */
  readonly define: boolean;
}

/** What holds for a move: what was asked for, and else what was set for the target. */
export function storageSettings(
  request: Pick<MoveRequest, 'poolMap' | 'pathMap' | 'definePools'>,
  target: { readonly storage: StorageSettings } | null,
): StorageSettings {
  return {
    pools: { ...target?.storage.pools, ...request.poolMap },
    paths: { ...target?.storage.paths, ...request.pathMap },
    define: request.definePools || target?.storage.define === true,
  };
}

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

/** A host as far as it says whether it takes instances. */
type Admitting = Pick<Host, 'service' | 'maintenance'>;

/** Whether a host takes instances: `disabled` is an operator's word, `maintenance` a plan's or an operator's. */
export function admissionOf({ service, maintenance }: Admitting): 'open' | 'disabled' | 'maintenance' {
  if (maintenance !== null) return 'maintenance';
  return service.status === 'disabled' ? 'disabled' : 'open';
}

/** Why a host takes no instance, by whatever way it would come, as the end of a sentence on it; null: it does. */
export function whyTakesNone(host: Admitting): string | null {
  switch (admissionOf(host)) {
    case 'open':
      return null;
    case 'disabled':
      return 'it is disabled';
    case 'maintenance':
      return `it is in maintenance${reasonOf(host)}`;
  }
}

/** What ends that a host takes none, for a remedy. */
export function takeAgain(host: Pick<Host, 'name'> & Admitting): string {
  return host.maintenance === null
    ? `Enable "${host.name}" again`
    : `End its maintenance (\`ferry host maintenance ${host.name} off\`)`;
}

function reasonOf({ maintenance }: Admitting): string {
  return maintenance === null || maintenance.reason === '' ? '' : ` (${maintenance.reason})`;
}
