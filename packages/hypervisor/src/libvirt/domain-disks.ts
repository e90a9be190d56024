import { BlockJobType, type DomainRef, DomainXmlFlag } from '@ferry/libvirt';
import { describeMisplaced } from '../contract/describe-misplaced.ts';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import { type DiskChain, readDiskChains } from '../xml/overlay-xml.ts';
import type { HostConnection } from './host-connection.ts';
import type { LibvirtDomains } from './libvirt-domains.ts';
import { parse } from './libvirt-facts.ts';

/** What one domain's disks stand on, and what is done to them, looked at anew with each question. */
export class DomainDisks {
  readonly connection: HostConnection;
  readonly call: Call;
  readonly #domains: LibvirtDomains;
  readonly #id: string;

  constructor(connection: HostConnection, domains: LibvirtDomains, id: string, call: Call) {
    this.connection = connection;
    this.call = call;
    this.#domains = domains;
    this.#id = id;
  }

  async ref(): Promise<DomainRef> {
    return (await this.connection.call('domainLookupByUuid', { uuid: this.#id }, this.call)).dom;
  }

  /** As the running guest has them; of one that is off, as its definition has them. */
  now(): Promise<DiskChain[]> {
    return this.#chains(DomainXmlFlag.secure);
  }

  /** As the next start of the guest takes them. */
  defined(): Promise<DiskChain[]> {
    return this.#chains(DomainXmlFlag.secure | DomainXmlFlag.inactive);
  }

  /** Whether the domain has a QEMU, be its guest paused or not. */
  async run(): Promise<boolean> {
    const sighting = await this.#domains.observe(this.#id, this.call);
    if (sighting.kind === 'unreachable') throw this.error('unreachable', sighting.reason);
    return sighting.kind === 'present' && sighting.state !== 'shutoff';
  }

  /** What libvirt does to a disk now, in its own word; null for nothing. */
  async jobOn({ disk, mirror }: DiskChain): Promise<string | null> {
    if (mirror !== null) return mirror.job;
    try {
      const args = { dom: await this.ref(), path: disk, flags: 0 };
      const { found, type } = await this.connection.call('domainGetBlockJobInfo', args, this.call);
      if (!found) return null;
      return Object.entries(BlockJobType).find(([, number]) => number === type)?.[0] ?? 'unknown';
    } catch (error) {
      // A domain that does not run has no jobs.
      if (error instanceof HypervisorError && error.code === 'wrong-state') return null;
      throw error;
    }
  }

  elsewhere(disk: string, top: string | undefined, wanted: string): HypervisorError {
    return this.error('wrong-state', describeMisplaced(disk, top, wanted));
  }

  error(code: HypervisorError['code'], message: string): HypervisorError {
    const { uri } = this.connection;
    return new HypervisorError(code, uri, `${uri}: ${message}`);
  }

  async #chains(flags: number): Promise<DiskChain[]> {
    const dom = await this.ref();
    const { xml } = await this.connection.call('domainGetXmlDesc', { dom, flags }, this.call);
    return parse(this.connection, () => readDiskChains(xml));
  }
}
