import type { PoolFacts, SecretFacts, SecretRef } from '@ferry/model';
import type { Call } from './call.ts';

/** A volume as its pool tells it, looked at anew. */
export interface PoolVolume {
  /** Where it is on the host; of a unit of iSCSI no path of a file. */
  readonly path: string;
  readonly format: string;
  readonly capacityBytes: number;
}

/** What a pool has in all and what nothing takes yet, bytes. */
export interface PoolRoom {
  readonly capacityBytes: number;
  readonly availableBytes: number;
}

/** The storage pools of one host, by their names. */
export interface HostPools {
  /** Directories of all pools that are defined, started or not; not of those that are gone with the daemon. */
  directories(call?: Call): Promise<readonly string[]>;
  /** A pool by its name; null when there is none. */
  pool(name: string, call?: Call): Promise<PoolFacts | null>;
  /** What it has as its last refresh found it; null where there is no such pool, or it is stopped. */
  room(name: string, call?: Call): Promise<PoolRoom | null>;
  /** Where a volume of a pool is on the host; null where there is no such pool or volume. */
  volumePath(pool: string, volume: string, call?: Call): Promise<string | null>;
  /** A volume of a pool that is active; null where there is no such pool or volume, or the pool is stopped. */
  volume(pool: string, volume: string, call?: Call): Promise<PoolVolume | null>;
  /**
   * Makes a volume that holds nothing and takes no room yet, unless one of that name, format and size is there. Throws
   * `exists` where another is, and `no-image` where there is no such pool.
   */
  ensureVolume(
    pool: string,
    volume: { readonly name: string; readonly format: string; readonly capacityBytes: number },
    call?: Call,
  ): Promise<'made' | 'was-there'>;
  /** Removes a volume with what it holds. Absent is fine. */
  ensureNoVolume(pool: string, volume: string, call?: Call): Promise<void>;
  /** A pool's definition as another host can take it, and whether it starts by itself. */
  definition(name: string, call?: Call): Promise<{ readonly xml: string; readonly autostart: boolean }>;
  ensureDefined(
    pool: { readonly name: string; readonly xml: string; readonly autostart: boolean },
    call?: Call,
  ): Promise<void>;
  /** Starts it, or looks anew at what is in it. */
  ensureActive(name: string, call?: Call): Promise<void>;
  /** Stops a pool; what is in it stays. Absent or stopped is fine. */
  ensureInactive(name: string, call?: Call): Promise<void>;
  /** Removes a definition; what is in the pool stays. Absent is fine. */
  ensureUndefined(name: string, call?: Call): Promise<void>;
}

/** The secrets that the hypervisor of one host keeps for disks. Values are handed on and never written down anywhere. */
export interface HostSecrets {
  /** The secret that a disk means; null when there is none. */
  secret(ref: SecretRef, call?: Call): Promise<SecretFacts | null>;
  /** Its value; null where it has none or is private. */
  value(ref: SecretRef, call?: Call): Promise<Uint8Array | null>;
  /** Its definition as another host can take it. */
  definition(ref: SecretRef, call?: Call): Promise<string>;
  /** Defines it under the uuid that the definition tells, and gives it that value. */
  ensureDefined(secret: { readonly xml: string; readonly value: Uint8Array }, call?: Call): Promise<void>;
  /** Removes it with its value. Absent is fine. */
  ensureUndefined(uuid: string, call?: Call): Promise<void>;
}
