import type { PoolFacts } from '@ferry/model';
import type { Call } from './call.ts';

/** The storage pools of one host, by their names. */
export interface HostPools {
  /** A pool by its name; null when there is none. */
  pool(name: string, call?: Call): Promise<PoolFacts | null>;
  /** Where a volume of a pool is on the host; null where there is no such pool or volume. */
  volumePath(pool: string, volume: string, call?: Call): Promise<string | null>;
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
