import type { ProbeAddress } from '@ferry/model';
import { ConnectivityProbe } from './connectivity-probe.ts';

/** Probes of the migrations that are under way. They live with the controller: after a restart they are gone. */
export class ProbeKeeper {
  readonly #probes = new Map<string, ConnectivityProbe>();

  /** The migration's probe; begun when there is none. */
  begin(migrationId: string, address: ProbeAddress): ConnectivityProbe {
    const known = this.#probes.get(migrationId) ?? new ConnectivityProbe(address);
    this.#probes.set(migrationId, known);
    return known;
  }

  has(migrationId: string): boolean {
    return this.#probes.has(migrationId);
  }

  end(migrationId: string): void {
    this.#probes.get(migrationId)?.end();
    this.#probes.delete(migrationId);
  }

  /** Ends all: the controller stops. */
  close(): void {
    for (const id of this.#probes.keys()) this.end(id);
  }
}
