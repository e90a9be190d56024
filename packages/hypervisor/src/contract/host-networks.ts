import type { HostNetworkFacts } from '@ferry/model';
import type { Call } from './call.ts';

/** What guests of one host are plugged into. Networks are the hypervisor's own; devices are the host's. */
export interface HostNetworks {
  /** A network by its name; null when there is none. */
  network(name: string, call?: Call): Promise<HostNetworkFacts | null>;
  /** A bridge or card of the host, looked at anew; null when there is none. */
  device(name: string, call?: Call): Promise<HostNetworkFacts | null>;
  /** A network's definition as another host can take it, and whether it starts by itself. */
  definition(name: string, call?: Call): Promise<{ readonly xml: string; readonly autostart: boolean }>;
  ensureDefined(
    network: { readonly name: string; readonly xml: string; readonly autostart: boolean },
    call?: Call,
  ): Promise<void>;
  ensureActive(name: string, call?: Call): Promise<void>;
  /** Stops a network that no guest is plugged into. Absent or stopped is fine. */
  ensureInactive(name: string, call?: Call): Promise<'stopped' | 'in-use'>;
  /** Removes a definition; one that runs runs on until it is stopped. Absent is fine. */
  ensureUndefined(name: string, call?: Call): Promise<void>;
}
