import type { HostService } from '../host/host.ts';
import type { GroupMember, ServerGroup } from '../server-group/server-group.ts';

/**
 * A fleet as a plan is made for it, read at one moment. Pure data, small enough for 10,000 hosts and 200,000 guests:
 * what a guest asks of a host beside numbers is a `Feature`, which is compared as text and nothing else.
 */
export interface FleetState {
  /** When it was read, UTC ISO 8601. */
  readonly readAt: string;
  readonly hosts: readonly FleetHost[];
  readonly guests: readonly FleetGuest[];
  readonly links: readonly FleetLink[];
  readonly serverGroups: readonly FleetServerGroup[];
}

/**
 * Something that a host has and a guest needs, in the words of a refusal: `network blue`, `pool ssd`, `machine type
 * pc-q35-9.0`, `device 0000:3b:00.0`, `zone east`.
 */
export type Feature = string;

/** A host in a plan. */
export interface FleetHost {
  readonly id: string;
  readonly name: string;
  /** Memory for guests, without what the host needs for itself and without what a plan must leave free (N+1). */
  readonly memoryBytes: number;
  readonly cpus: number;
  /** So many processors of guests for each of its own. */
  readonly cpuRatio: number;
  /** What its directory of images has free; null: not known, and no guest whose disks are copied goes there. */
  readonly diskFreeBytes: number | null;
  /** Processors in use now, 0 to `cpus`; null: not measured. */
  readonly cpuUsed: number | null;
  readonly arch: string;
  /** libvirt's numbers; a guest does not go to a host that has an older one than where it is. */
  readonly hypervisorVersion: number;
  readonly libvirtVersion: number;
  readonly features: ReadonlySet<Feature>;
  readonly service: HostService['state'];
  /** Whether it takes guests: `disabled` is an operator's word, `maintenance` a plan's or an operator's. */
  readonly admission: 'open' | 'disabled' | 'maintenance';
  /** Names of links that whatever comes to it or leaves it goes through. */
  readonly links: readonly string[];
  readonly groups: readonly string[];
}

/** What several hosts send through: a host's own port, a switch, a line between groups. */
export interface FleetLink {
  readonly name: string;
  readonly bytesPerSecond: number;
}

/** A guest in a plan. */
export interface FleetGuest {
  readonly id: string;
  readonly name: string;
  readonly hostId: string;
  readonly memoryBytes: number;
  readonly vcpus: number;
  /** Processors that it uses, 0 to `vcpus`; null: not measured. */
  readonly cpuUsed: number | null;
  /** What is copied of its disks when it moves; 0 where they are shared. */
  readonly diskBytes: number;
  readonly features: ReadonlySet<Feature>;
  /** How it can move; `stays` names why it does not. `off` moves cold and stops nobody. */
  readonly move: GuestMove;
  /** Greater goes first where the goal leaves it open. */
  readonly priority: number;
  /** When it last came to its host by a move, UTC ISO 8601; null: not lately, or never. */
  readonly movedAt: string | null;
  /** Busy with another operation: what it is called. */
  readonly busyWith: string | null;
}

export type GuestMove =
  | { readonly kind: 'live'; readonly forecast: MoveForecast }
  /** It is off: its files go. `stuck`: they cannot, and why. */
  | { readonly kind: 'off'; readonly bytes: number; readonly stuck?: Stuck }
  /** Runs and cannot move live; a plan stops it only where it is named for that. */
  | ({ readonly kind: 'cold-only'; readonly bytes: number } & Stuck)
  | ({ readonly kind: 'stays' } & Stuck);

/** Why a guest does not move so, and what would change that where something is known. */
export interface Stuck {
  readonly because: string;
  readonly remedies?: readonly string[];
}

/** What a plan reckons with for one live move. */
export interface MoveForecast {
  /** To send at first. */
  readonly bytes: number;
  /** What it changes while it is sent; 0 where nobody measured, and `known` says so. */
  readonly dirtyBytesPerSecond: number;
  readonly downtimeMs: number | null;
  /** Before and after the transfer, when the link is idle. */
  readonly prepareMs: number;
  readonly known: boolean;
}

/** A server group with members where they are. */
export interface FleetServerGroup {
  readonly group: Pick<ServerGroup, 'id' | 'name' | 'policy' | 'maxPerHost'>;
  /** By the ids of guests. */
  readonly members: readonly (GroupMember & { readonly guestId: string })[];
}
