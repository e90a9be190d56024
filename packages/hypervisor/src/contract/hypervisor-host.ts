import type { HostFacts } from '@ferry/model';
import type { Call } from './call.ts';
import type { HostConsoles, HostGuests } from './host-guests.ts';
import type { HostDisks, HostOverlays } from './host-disks.ts';
import type { HostDomains } from './host-domains.ts';
import type { HostFirewall, HostNetworks } from './host-networks.ts';
import type { HostHardware } from './host-hardware.ts';
import type { HostMigration } from './host-migration.ts';
import type { HostTrials } from './host-trials.ts';
import type { HostPools, HostSecrets } from './host-pools.ts';
import type { HostShell } from './host-shell.ts';
import type { HostStorage } from './host-storage.ts';

/** All that Ferry asks of one host. Connects when it is first asked, and again after a break. */
export interface HypervisorHost {
  readonly uri: string;
  facts(call?: Call): Promise<HostFacts>;
  readonly domains: HostDomains;
  readonly disks: HostDisks;
  readonly guests: HostGuests;
  readonly consoles: HostConsoles;
  readonly storage: HostStorage;
  readonly overlays: HostOverlays;
  readonly migration: HostMigration;
  readonly firewall: HostFirewall;
  readonly networks: HostNetworks;
  readonly pools: HostPools;
  readonly secrets: HostSecrets;
  readonly trials: HostTrials;
  readonly hardware: HostHardware;
  /** Null where only libvirtd is reached. */
  readonly shell: HostShell | null;
  /** Ends its connections, and that they come back by themselves. Who asks for the host anew gets another one. */
  close(): Promise<void>;
}

/** Hosts by their URI. */
export interface Hypervisor {
  /** Throws `bad-uri`; does not connect yet. The same URI gives the same host. */
  host(uri: string): HypervisorHost;
  close(): Promise<void>;
}
