import { type DomainRef, DomainXmlFlag, jobOperations, JobType, numberOf } from '@ferry/libvirt';
import type { DiskFacts, DomainDescriptions, DomainElement, DomainExtras, DomainFacts } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { DomainPower, UnreadDomain } from '../contract/host-domains.ts';
import { readDomainElements } from '../xml/domain-elements-xml.ts';
import { haveSameDisks, readDomainXml } from '../xml/domain-xml.ts';
import { DiskPlaces } from './disk-places.ts';
import { domainStateOf, findDomain, ifThere, refusedAs } from './domain-lookup.ts';
import type { HostConnection } from './host-connection.ts';
import { parse } from './libvirt-facts.ts';
import type { LibvirtRecords } from './libvirt-records.ts';
import type { LibvirtStorage } from './libvirt-storage.ts';

/** What is the trouble of one domain, and not of its host. */
const ofOneDomain: ReadonlySet<string> = new Set(['invalid-xml', 'refused', 'wrong-state']);

/** Reads what the domains of a libvirt host are, and changes nothing. */
export class DomainReader {
  readonly #connection: HostConnection;
  readonly #storage: LibvirtStorage;
  readonly #records: LibvirtRecords;
  readonly #places: DiskPlaces;

  constructor(connection: HostConnection, storage: LibvirtStorage, records: LibvirtRecords) {
    this.#connection = connection;
    this.#storage = storage;
    this.#records = records;
    this.#places = new DiskPlaces(connection, storage);
  }

  async list(call: Call = {}): Promise<readonly DomainFacts[]> {
    return (await this.#readAll(call)).facts;
  }

  async unread(call: Call = {}): Promise<readonly UnreadDomain[]> {
    return (await this.#readAll(call)).unread;
  }

  async #readAll(call: Call): Promise<{ facts: DomainFacts[]; unread: UnreadDomain[] }> {
    const args = { needResults: 1, flags: 0 };
    const { domains } = await this.#connection.call('connectListAllDomains', args, call);
    const facts: DomainFacts[] = [];
    const unread: UnreadDomain[] = [];
    const read = async (dom: DomainRef): Promise<void> => {
      try {
        const one = await ifThere(this.#facts(dom, call));
        if (one !== null) facts.push(one);
      } catch (error) {
        if (!(error instanceof HypervisorError && ofOneDomain.has(error.code))) throw error;
        unread.push({ id: dom.uuid, name: dom.name, why: error.message });
      }
    };
    await Promise.all(domains.map(read));
    return { facts, unread };
  }

  async domain(id: string, call: Call = {}): Promise<DomainFacts | null> {
    const dom = await findDomain(this.#connection, id, call);
    if (dom === null) return null;
    const facts = await ifThere(this.#facts(dom, call));
    if (facts === null) return null;
    const withImages = (disk: DiskFacts): Promise<DiskFacts> => this.#places.withImages(disk, call);
    const disks = await Promise.all(facts.disks.map(withImages));
    const next = await this.#nextDisks(dom, facts, call);
    const nextDisks = next === null ? null : await Promise.all(next.map(withImages));
    const extras = await this.#withRecords(dom, facts.extras, [...disks, ...(nextDisks ?? [])], call);
    return { ...facts, disks, extras: { ...extras, nextDisks } };
  }

  /** The disks of its next start, where they are not those that it has now. */
  async #nextDisks(
    dom: DomainRef,
    { power, persistent, disks }: DomainFacts,
    call: Call,
  ): Promise<readonly DiskFacts[] | null> {
    if (!persistent || power === 'shutoff') return null;
    const { xml } = await this.#connection.call(
      'domainGetXmlDesc',
      { dom, flags: DomainXmlFlag.inactive | DomainXmlFlag.secure },
      call,
    );
    const next = parse(this.#connection, () => readDomainXml(xml)).disks;
    return haveSameDisks(disks, next) ? null : next;
  }

  async descriptions(id: string, call: Call = {}): Promise<DomainDescriptions | null> {
    const dom = await findDomain(this.#connection, id, call);
    if (dom === null) return null;
    const [{ power }, { persistent }] = await Promise.all([
      domainStateOf(this.#connection, dom, call),
      this.#connection.call('domainIsPersistent', { dom }, call),
    ]);
    const read = async (more: number): Promise<DomainElement> => {
      // As it is sent: without what libvirt makes anew on each host.
      const flags = DomainXmlFlag.migratable | more;
      const { xml } = await this.#connection.call('domainGetXmlDesc', { dom, flags }, call);
      return parse(this.#connection, () => readDomainElements(xml));
    };
    const isOff = power === 'shutoff';
    return {
      live: isOff ? null : await read(0),
      next: persistent || isOff ? await read(DomainXmlFlag.inactive) : null,
    };
  }

  async #facts(dom: DomainRef, call: Call): Promise<DomainFacts> {
    const [{ xml }, state, { persistent }, { autostart }, { result: managedSave }] = await Promise.all([
      this.#connection.call('domainGetXmlDesc', { dom, flags: DomainXmlFlag.secure }, call),
      domainStateOf(this.#connection, dom, call),
      this.#connection.call('domainIsPersistent', { dom }, call),
      // A transient domain has no autostart to ask for.
      this.#connection.call('domainGetAutostart', { dom }, call).catch(refusedAs({ autostart: false })),
      this.#connection
        .call('domainHasManagedSaveImage', { dom, flags: 0 }, call)
        .catch(refusedAs({ result: false })),
    ]);
    const description = parse(this.#connection, () => readDomainXml(xml));
    const disks = await this.#places.withPools(
      dom,
      description.disks,
      persistent && state.power !== 'shutoff',
      call,
    );
    return {
      ...description,
      disks,
      ...state,
      persistent,
      autostart,
      managedSave,
      activeJob: await this.#activeJob(dom, state, call),
    };
  }

  async #activeJob(dom: DomainRef, state: DomainPower, call: Call): Promise<string | null> {
    if (state.power === 'shutoff' || state.power === 'crashed') return null;
    const { type, params } = await this.#connection.urgent('domainGetJobStats', { dom, flags: 0 }, call);
    if (type === JobType.none) return null;
    return jobOperations[numberOf(params, 'operation') ?? 0] ?? 'unknown';
  }

  async #withRecords(
    dom: DomainRef,
    extras: DomainExtras,
    disks: readonly DiskFacts[],
    call: Call,
  ): Promise<DomainExtras> {
    const records = await this.#records.all(dom, call);
    const { snapshots, checkpoints } = this.#records.describe(records);
    const carried = new Set(disks.flatMap(({ path, backing }) => [path, ...backing.map((one) => one.path)]));
    const named = [...snapshots, ...checkpoints].flatMap(({ files }) => files);
    const files = await Promise.all((extras.files ?? []).map((file) => this.#ifMade(file, call)));
    return {
      ...extras,
      nvram: extras.nvram === null ? null : await this.#ifMade(extras.nvram, call),
      snapshots: names(snapshots),
      snapshotsWithMemoryFile: names(snapshots.filter(({ memoryFile }) => memoryFile)),
      checkpoints: names(checkpoints),
      files: files.filter((file) => file !== null),
      recordFiles: [...new Set(named)].filter((path) => !carried.has(path)),
    };
  }

  /** Such a file is made at the first start: before, there is none to be carried. */
  async #ifMade(file: DiskFacts, call: Call): Promise<DiskFacts | null> {
    if (file.kind !== 'file') return this.#places.withImages(file, call);
    if (file.path === null || (await this.#storage.image(file.path, call)) === null) return null;
    return this.#places.withImages(file, call);
  }
}

function names(list: readonly { readonly name: string }[]): string[] {
  return list.map(({ name }) => name);
}
