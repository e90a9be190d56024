import type { DeviceAddress } from '../domain-elements/device-address.ts';
import type { PoolFacts } from '../storage/pool-facts.ts';
import type { HardwareFacts } from './host-facts.ts';

/**
 * What a host has of what some guest needs and not every guest does, and what is free where guests have files, as it was seen
 * last. What is not in it was not asked, or not told.
 */
export interface HostStock {
  /** When it was asked for the room of directories, UTC ISO 8601. */
  readonly at: string;
  /** By directory of a guest where the guest is, wherever this host has it: what is free there. */
  readonly bytes: Readonly<Record<string, number>>;
  /** Directories that it does not have. Not set in what earlier versions have kept; so are the others. */
  readonly lacks?: readonly string[];
  /** Pools by their names on this host. */
  readonly pools?: Readonly<Record<string, PoolFacts | 'absent'>>;
  /** Devices by their address (`0000:3b:00.0`), in words that are the same for the same kind; null: none is there. */
  readonly devices?: Readonly<Record<string, string | null>>;
  readonly hardware?: HardwareFacts;
}

/** What hosts are asked for, because a guest somewhere names it. */
export interface StockWanted {
  readonly directories: readonly string[];
  readonly pools: readonly string[];
  readonly devices: readonly DeviceAddress[];
  readonly hardware: boolean;
}

/** So many of each are asked for at most, those that most guests name: what no host was asked for holds up no plan. */
export const stockLimits = { directories: 8, pools: 32, devices: 256 } as const;
