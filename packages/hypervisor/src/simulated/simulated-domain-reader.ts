import { join } from 'node:path';
import type { DiskFacts, DomainFacts, ImageFacts } from '@ferry/model';
import { HypervisorError } from '../contract/errors.ts';
import { haveSameDisks, readDomainXml } from '../xml/domain-xml.ts';
import { KeptReadings } from '../xml/kept-readings.ts';
import { XmlError } from '../xml/parse-xml.ts';
import { powerOf } from './simulated-domain.ts';
import { SimulatedFiles } from './simulated-files.ts';
import type { SimulatedDomain, SimulatedHostState } from './simulated-state.ts';

/** Reads what a simulated host tells of its domains. */
export class SimulatedDomainReader {
  readonly #host: SimulatedHostState;
  readonly #files: SimulatedFiles;

  constructor(host: SimulatedHostState) {
    this.#host = host;
    this.#files = new SimulatedFiles(host);
  }

  /** Why nothing is known of a domain; null: it can be read. */
  whyUnread({ unreadable, xml }: SimulatedDomain): string | null {
    if (unreadable !== null) return unreadable;
    try {
      this.read(xml);
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** A domain with its disks and files as they stand on the host. Throws HypervisorError. */
  withDisks(domain: SimulatedDomain): DomainFacts {
    if (domain.unreadable !== null)
      throw new HypervisorError('invalid-xml', this.#host.name, `${this.#host.name}: ${domain.unreadable}`);
    const facts = this.facts(domain);
    const disks = facts.disks.map((disk) => this.#withImages(this.#byPath(disk)));
    const { records } = domain;
    const withFile = (file: DiskFacts): DiskFacts[] => {
      if (file.path === null) return [];
      const image = file.format === 'raw' ? this.#files.rawImage(file.path) : this.#files.image(file.path);
      return image === null ? [] : [{ ...file, image }];
    };
    const { nvram, files = [] } = facts.extras;
    const next =
      domain.nextXml === null || domain.state === 'shutoff' ? null : this.read(domain.nextXml).disks;
    const extras = {
      ...facts.extras,
      nvram: nvram === null ? null : (withFile(nvram)[0] ?? null),
      files: files.flatMap(withFile),
      nextDisks:
        next === null || haveSameDisks(facts.disks, next)
          ? null
          : next.map((disk) => this.#withImages(this.#byPath(disk))),
      snapshots: records.snapshots.map(({ name }) => name),
      checkpoints: records.checkpoints.map(({ name }) => name),
    };
    return { ...facts, disks, extras };
  }

  /** What its description and its state tell, without a look at its files. */
  facts(domain: SimulatedDomain): DomainFacts {
    return {
      ...this.read(domain.xml),
      power: powerOf(domain.state),
      reason: domain.reason,
      persistent: domain.persistent,
      autostart: domain.autostart,
      activeJob: domain.job === null ? null : 'migration out',
      managedSave: domain.saved,
    };
  }

  /** Throws HypervisorError `invalid-xml`. */
  read(xml: string): ReturnType<typeof readDomainXml> {
    try {
      return readDomainXml(xml);
    } catch (cause) {
      if (!(cause instanceof XmlError)) throw cause;
      throw new HypervisorError(
        'invalid-xml',
        this.#host.name,
        `${this.#host.name}: domain XML: ${cause.message}`,
        { cause },
      );
    }
  }

  /** A volume of a pool that is a directory is a file that goes by another name. */
  #byPath(disk: DiskFacts): DiskFacts {
    const { volume } = disk;
    const directory = this.#host.pools.get(volume?.pool ?? '')?.directory ?? null;
    if (disk.kind !== 'volume' || volume === null || directory === null) return disk;
    return { ...disk, kind: 'file', path: join(directory, volume.name) };
  }

  #withImages(disk: DiskFacts): DiskFacts {
    if (disk.path === null || (disk.kind !== 'file' && disk.kind !== 'block')) return disk;
    if (disk.kind === 'block') {
      const image = disk.format === 'raw' ? this.#files.rawImage(disk.path) : this.#files.image(disk.path);
      return image === null ? disk : { ...disk, image };
    }
    const { toldBacking, path: top } = disk;
    const told = (): ImageFacts[] | null =>
      toldBacking === null || disk.format === 'raw'
        ? null
        : [top, ...toldBacking].map((path) => this.#files.need(path));
    try {
      const [image = null, ...backing] = told() ?? this.#files.chain(top, disk.format);
      return { ...disk, image, backing };
    } catch (error) {
      if (!(error instanceof HypervisorError && error.code === 'no-image')) throw error;
      return { ...disk, missing: error.message };
    }
  }
}

/** Names are looked for among all domains of a host. */
const names = new KeptReadings<string>(16 * 1024 * 1024);

/** libvirt finds a domain by its name also where another one's description cannot be read. */
export function nameOf(xml: string): string | null {
  try {
    return names.of(xml, () => readDomainXml(xml).name);
  } catch (error) {
    if (error instanceof XmlError) return null;
    throw error;
  }
}
