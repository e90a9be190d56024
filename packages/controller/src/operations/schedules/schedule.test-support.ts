import type { Fault } from '@ferry/hypervisor/simulated';

/** All that is left to chance in one run. */
export interface Schedule {
  readonly controllers: 1 | 2;
  readonly bytesPerStep: number;
  readonly guests: readonly ScheduledGuest[];
  readonly moves: readonly ScheduledMove[];
  readonly strikes: readonly Strike[];
  /** A plan that empties the first host is applied then; null or not there: none is. */
  readonly drainAtMs?: number | null;
}

export interface ScheduledGuest {
  /** `/shared` stands on all hosts, `/images` on each host alone. */
  readonly directory: '/shared' | '/images';
  readonly state: 'running' | 'shutoff';
  readonly autostart: boolean;
}

export interface ScheduledMove {
  readonly guest: number;
  readonly controller: number;
  readonly atMs: number;
  readonly kind: 'live-migration' | 'cold-migration';
  readonly to: number;
  /** Live, with shared disks: Ferry leads the phases. */
  readonly coordinated: boolean;
  /** Asked for its end so long after it was accepted. */
  readonly abortAfterMs: number | null;
}

/** Something goes wrong, once. */
export interface Strike {
  readonly when: Moment;
  readonly what: Trouble;
}

export type Moment =
  | { readonly kind: 'time'; readonly ms: number }
  /** At a call to any host or to the database, counted from when the first move was accepted. */
  | { readonly kind: 'call'; readonly nth: number; readonly side: 'before' | 'after' }
  | {
      readonly kind: 'method';
      readonly method: string;
      readonly nth: number;
      readonly side: 'before' | 'after';
    };

export type Trouble =
  /** Of the very call; nothing happens to a moment that is none. */
  | { readonly kind: 'fault'; readonly fault: Fault }
  | { readonly kind: 'crash'; readonly controller: number; readonly forMs: number }
  | { readonly kind: 'no-database'; readonly controller: number; readonly forMs: number }
  | { readonly kind: 'silence'; readonly host: number; readonly forMs: number }
  | { readonly kind: 'restart-libvirtd'; readonly host: number }
  | { readonly kind: 'power-cut'; readonly host: number; readonly forMs: number }
  | { readonly kind: 'kill-guest'; readonly host: number; readonly guest: number };

export const hostNames = ['compute11', 'compute12', 'compute13'] as const;

export function hostName(number: number): string {
  return hostNames[number % hostNames.length] ?? hostNames[0];
}

export function describeTrouble(what: Trouble): string {
  switch (what.kind) {
    case 'fault':
      return what.fault;
    case 'crash':
      return `controller ${what.controller} crashes, for ${what.forMs} ms`;
    case 'no-database':
      return `controller ${what.controller} has no database for ${what.forMs} ms`;
    case 'silence':
      return `${hostName(what.host)} does not answer for ${what.forMs} ms`;
    case 'restart-libvirtd':
      return `libvirtd of ${hostName(what.host)} is killed and started`;
    case 'power-cut':
      return `${hostName(what.host)} has no power for ${what.forMs} ms`;
    case 'kill-guest':
      return `QEMU of guest ${what.guest} on ${hostName(what.host)} is killed`;
  }
}
