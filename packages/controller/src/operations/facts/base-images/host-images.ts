import { dirname, posix } from 'node:path';
import {
  type Call,
  type DomainFiles,
  HypervisorError,
  type HypervisorHost,
  type StoredImage,
} from '@ferry/hypervisor';
import type { FileUse } from '@ferry/model';

/** A domain that has a disk which stands on an image. */
export type ImageUser = Pick<DomainFiles, 'id' | 'name'>;

/** A domain that has a file, in whatever way. */
export interface NamingDomain extends ImageUser {
  readonly alive: boolean;
  readonly use: FileUse;
}

/** All images of a host as far as its domains and what they stand on lead: who stands on what. */
export class HostImages {
  readonly #domains: readonly DomainFiles[];
  /** Disks that are raw by all that their domains say. */
  readonly #raw: ReadonlySet<string>;
  readonly #images = new Map<string, StoredImage>();
  /** Directories that could not be read, and why. */
  readonly #dark = new Map<string, string>();

  private constructor(domains: readonly DomainFiles[]) {
    this.#domains = domains;
    const raw = domains.flatMap((one) => one.raw);
    // A file that another domain takes for something else stands on what its header says, for that one.
    const formatted = new Set(domains.flatMap((one) => one.paths.filter((path) => !one.raw.includes(path))));
    this.#raw = new Set(raw.filter((path) => !formatted.has(path)));
  }

  /**
   * Looks at every domain of the host, and at all files beside theirs and beside the paths given. Throws where the host does
   * not answer; a domain or a directory that cannot be read is told by `unread`.
   */
  static async look(host: HypervisorHost, beside: readonly string[], call: Call): Promise<HostImages> {
    const found = new HostImages(await host.storage.inUse(call));
    const named = [...beside, ...found.#domains.flatMap(({ paths }) => paths)];
    const directories = new Set(named.filter(isFile).map((path) => dirname(path)));
    // A set gives what is added to it on the way, too: where the images there stand on others, those are looked at next.
    for (const directory of directories) {
      for (const told of await found.#imagesIn(host, directory, call)) {
        // What a guest has written to the beginning of its raw disk is nobody's word.
        const image = found.#raw.has(told.image.path) ? asRaw(told) : told;
        found.#images.set(image.image.path, image);
        const below = image.backingPath;
        if (below !== null && isFile(below)) directories.add(dirname(below));
      }
    }
    return found;
  }

  async #imagesIn(host: HypervisorHost, directory: string, call: Call): Promise<readonly StoredImage[]> {
    try {
      return await host.storage.images(directory, call);
    } catch (error) {
      if (!(error instanceof HypervisorError) || ofHost.has(error.code)) throw error;
      this.#dark.set(directory, error.message);
      return [];
    }
  }

  /** Domains that have a file, each in the way that counts most. */
  namedBy(path: string): NamingDomain[] {
    return this.#domains.flatMap((domain) => {
      const use = this.#useOf(domain, path);
      return use === null ? [] : [{ id: domain.id, name: domain.name, alive: domain.alive, use }];
    });
  }

  #useOf(domain: DomainFiles, path: string): FileUse | null {
    const is = (one: string): boolean => this.#isSame(one, path);
    if (domain.writes.some(is)) return 'writes';
    if (domain.paths.some(is)) return 'reads';
    if (domain.paths.some((disk) => this.#standsOn(disk, path))) return 'stands-on';
    if (domain.named.some(is)) return 'names';
    const plain = posix.normalize(path);
    return domain.directories.some((directory) => plain.startsWith(withSlash(directory))) ? 'shares' : null;
  }

  /** Why the directory of a path could not be read; null: it was. */
  darkAt(path: string): string | null {
    return this.#dark.get(dirname(path)) ?? null;
  }

  /** Domains and directories that could not be read: what they have nobody knows. */
  unread(): { readonly id: string | null; readonly what: string }[] {
    const domains = this.#domains.flatMap(({ id, name, unread }) =>
      unread === null ? [] : [{ id, what: `what the domain "${name}" has cannot be read (${unread})` }],
    );
    const directories = this.#domains.flatMap(({ id, name, paths }) =>
      paths.flatMap((path) => {
        const why = this.#dark.get(dirname(path));
        return why === undefined
          ? []
          : [{ id, what: `what ${path} of ${name} stands on cannot be read (${why})` }];
      }),
    );
    return [...domains, ...directories];
  }

  image(path: string): StoredImage | null {
    return this.#images.get(path) ?? null;
  }

  /** Images that others stand on. */
  bases(): string[] {
    const below = [...this.#images.values()].map(({ backingPath }) => backingPath);
    return [...new Set(below.filter((path) => path !== null && this.#images.has(path)) as string[])];
  }

  users(path: string): ImageUser[] {
    return this.#domains
      .filter(({ paths }) => paths.some((disk) => this.#standsOn(disk, path)))
      .map(({ id, name }) => ({ id, name }));
  }

  /** Files that stand on it and that no domain has. */
  overlays(path: string): string[] {
    const used = new Set(this.#domains.flatMap(({ paths }) => paths.flatMap((disk) => this.#chain(disk))));
    const others = [...this.#images.keys()].filter((one) => !used.has(one));
    return others.filter((one) => !this.#isSame(one, path) && this.#standsOn(one, path));
  }

  /** Disks of domains of which nobody can tell what they stand on. */
  unseen(): { readonly id: string; readonly domain: string; readonly disk: string }[] {
    return this.#domains.flatMap(({ id, name, open }) =>
      open.filter((disk) => !this.#images.has(disk)).map((disk) => ({ id, domain: name, disk })),
    );
  }

  #standsOn(disk: string, path: string): boolean {
    return this.#chain(disk).some((one) => this.#isSame(one, path));
  }

  /** The path and what it stands on. */
  #chain(path: string): string[] {
    const chain = new Set<string>();
    let next: string | null = path;
    while (next !== null && !chain.has(next)) {
      chain.add(next);
      next = this.#images.get(next)?.backingPath ?? null;
    }
    return [...chain];
  }

  /**
   * One path, or two that lead to one file by links: libvirt tells no inode, but its length and when it was written and
   * touched last, to the nanosecond.
   */
  #isSame(one: string, other: string): boolean {
    if (posix.normalize(one) === posix.normalize(other)) return true;
    const [a, b] = [this.#images.get(one)?.state, this.#images.get(other)?.state];
    if (a === undefined || b === undefined || a.changedAt === null) return false;
    if (a.changedAt !== b.changedAt || a.lengthBytes !== b.lengthBytes) return false;
    return (a.touchedAt ?? null) === (b.touchedAt ?? null);
  }
}

/** One slash at its end, written with one or not; that of the whole host is all of it. */
function withSlash(directory: string): string {
  return posix.normalize(`${directory}/`);
}

function asRaw({ image, state }: StoredImage): StoredImage {
  return {
    image: { ...image, format: 'raw', capacityBytes: state.lengthBytes },
    backingPath: null,
    state,
  };
}

/** What is in /dev is no directory of images; a volume on the network, as of an iSCSI pool, has a name and no path. */
function isFile(path: string): boolean {
  return path.startsWith('/') && (!path.startsWith('/dev/') || path.startsWith('/dev/shm/'));
}

/** What is the host's trouble: then nothing is known. */
const ofHost: ReadonlySet<string> = new Set(['unreachable', 'deadline', 'aborted']);
