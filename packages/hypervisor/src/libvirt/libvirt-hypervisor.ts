import { ClientError, type LibvirtUri, parseLibvirtUri } from '@ferry/libvirt';
import type { HostFacts } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { Hypervisor, HypervisorHost } from '../contract/hypervisor-host.ts';
import { PythonShell } from '../shell/python-shell.ts';
import { HostConnection } from './host-connection.ts';
import { LibvirtConsoles } from './libvirt-consoles.ts';
import { LibvirtDisks } from './libvirt-disks.ts';
import { LibvirtDomains } from './libvirt-domains.ts';
import { readHostFacts } from './libvirt-facts.ts';
import { LibvirtFirewall } from './libvirt-firewall.ts';
import { LibvirtHardware } from './libvirt-hardware.ts';
import { LibvirtGuests } from './libvirt-guests.ts';
import { LibvirtMigration } from './libvirt-migration.ts';
import { LibvirtPools } from './libvirt-pools.ts';
import { LibvirtTrials } from './libvirt-trials.ts';
import { LibvirtNamedPools } from './libvirt-named-pools.ts';
import { LibvirtNetworks } from './libvirt-networks.ts';
import { LibvirtSecrets } from './libvirt-secrets.ts';
import { LibvirtOverlays } from './libvirt-overlays.ts';
import { LibvirtStorage } from './libvirt-storage.ts';

/** The contract on real libvirt hosts. */
export class LibvirtHypervisor implements Hypervisor {
  readonly #hosts = new Map<string, LibvirtHost>();

  host(uri: string): HypervisorHost {
    const known = this.#hosts.get(uri);
    if (known !== undefined) return known;
    let parsed: LibvirtUri;
    try {
      parsed = parseLibvirtUri(uri);
    } catch (cause) {
      if (!(cause instanceof ClientError)) throw cause;
      throw new HypervisorError('bad-uri', uri, cause.message, { cause });
    }
    const host = new LibvirtHost(uri, parsed, () => {
      if (this.#hosts.get(uri) === host) this.#hosts.delete(uri);
    });
    this.#hosts.set(uri, host);
    return host;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#hosts.values()].map((host) => host.close()));
    this.#hosts.clear();
  }
}

class LibvirtHost implements HypervisorHost {
  readonly uri: string;
  readonly domains: LibvirtDomains;
  readonly disks: LibvirtDisks;
  readonly guests: LibvirtGuests;
  readonly consoles: LibvirtConsoles;
  readonly storage: LibvirtStorage;
  readonly overlays: LibvirtOverlays;
  readonly migration: LibvirtMigration;
  readonly firewall: LibvirtFirewall;
  readonly networks: LibvirtNetworks;
  readonly pools: LibvirtNamedPools;
  readonly secrets: LibvirtSecrets;
  readonly trials: LibvirtTrials;
  readonly hardware: LibvirtHardware;
  readonly shell: PythonShell | null;
  readonly #connection: HostConnection;
  readonly #forget: () => void;

  constructor(uri: string, parsed: LibvirtUri, forget: () => void) {
    this.uri = uri;
    this.#forget = forget;
    this.shell = PythonShell.of(parsed);
    this.#connection = new HostConnection(uri);
    this.storage = new LibvirtStorage(this.#connection);
    this.domains = new LibvirtDomains(this.#connection, this.storage);
    this.disks = new LibvirtDisks(this.#connection);
    this.guests = new LibvirtGuests(this.#connection, new LibvirtPools(this.#connection));
    this.consoles = new LibvirtConsoles(this.#connection, parsed);
    this.overlays = new LibvirtOverlays(this.#connection, this.domains, this.storage);
    this.migration = new LibvirtMigration(this.#connection);
    this.hardware = new LibvirtHardware(this.#connection);
    this.firewall = new LibvirtFirewall(this.#connection);
    this.networks = new LibvirtNetworks(this.#connection);
    this.pools = new LibvirtNamedPools(this.#connection);
    this.secrets = new LibvirtSecrets(this.#connection);
    this.trials = new LibvirtTrials(this.#connection, new LibvirtPools(this.#connection), this.storage);
  }

  facts(call: Call = {}): Promise<HostFacts> {
    return readHostFacts(this.#connection, call);
  }

  close(): Promise<void> {
    this.#forget();
    return this.#connection.close();
  }
}
