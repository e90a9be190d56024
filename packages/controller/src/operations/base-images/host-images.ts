import { dirname } from 'node:path';
import type { Call, DomainFiles, HypervisorHost, StoredImage } from '@ferry/hypervisor';

/** A domain that has a disk which stands on an image. */
export type ImageUser = Pick<DomainFiles, 'id' | 'name'>;

/** All images of a host as far as its domains and what they stand on lead: who stands on what. */
export class HostImages {
  readonly #domains: readonly DomainFiles[];
  readonly #images = new Map<string, StoredImage>();

  private constructor(domains: readonly DomainFiles[]) {
    this.#domains = domains;
  }

  /** Looks at every domain of the host, and at all files beside theirs and beside the paths given. Throws where that cannot be had. */
  static async look(host: HypervisorHost, beside: readonly string[], call: Call): Promise<HostImages> {
    const found = new HostImages(await host.storage.inUse(call));
    const named = [...beside, ...found.#domains.flatMap(({ paths }) => paths)];
    const directories = new Set(named.map((path) => dirname(path)));
    // A set gives what is added to it on the way, too: where the images there stand on others, those are looked at next.
    for (const directory of directories) {
      for (const image of await host.storage.images(directory, call)) {
        found.#images.set(image.image.path, image);
        if (image.backingPath?.startsWith('/') === true) directories.add(dirname(image.backingPath));
      }
    }
    return found;
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
  unseen(): { readonly domain: string; readonly disk: string }[] {
    return this.#domains.flatMap(({ name, open }) =>
      open.filter((disk) => !this.#images.has(disk)).map((disk) => ({ domain: name, disk })),
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

  /** One path, or two that may lead to one file: libvirt tells no inode, but length and time of change to the nanosecond. */
  #isSame(one: string, other: string): boolean {
    if (one === other) return true;
    const [a, b] = [this.#images.get(one)?.state, this.#images.get(other)?.state];
    if (a === undefined || b === undefined || a.changedAt === null) return false;
    return a.changedAt === b.changedAt && a.lengthBytes === b.lengthBytes;
  }
}
