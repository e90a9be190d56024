import { basename, dirname } from 'node:path';
import type { ImageFacts } from '@ferry/model';
import { HypervisorError } from '../contract/errors.ts';
import type { SimulatedDirectory, SimulatedFile, SimulatedHostState } from './simulated-world.ts';

/** Files of a simulated host by their paths. */
export class SimulatedFiles {
  readonly #host: SimulatedHostState;

  constructor(host: SimulatedHostState) {
    this.#host = host;
  }

  directory(path: string): SimulatedDirectory | null {
    return this.#host.directories.get(path) ?? null;
  }

  file(path: string): SimulatedFile | null {
    return this.directory(dirname(path))?.get(basename(path)) ?? null;
  }

  write(path: string, file: SimulatedFile): void {
    const directory = this.directory(dirname(path));
    if (directory === null) {
      throw new HypervisorError(
        'no-image',
        this.#host.name,
        `${this.#host.name} has no directory ${dirname(path)}`,
      );
    }
    directory.set(basename(path), file);
  }

  remove(path: string): void {
    this.directory(dirname(path))?.delete(basename(path));
  }

  image(path: string): ImageFacts | null {
    const file = this.file(path);
    if (file === null) return null;
    return {
      path,
      format: file.format,
      capacityBytes: file.capacityBytes,
      allocationBytes: file.content.length,
      owner: file.owner === null ? null : { ...file.owner, mode: 0o600 },
    };
  }

  /** The image and what it stands on, nearest first; throws when a link is missing. */
  chain(path: string): ImageFacts[] {
    const image = this.image(path);
    if (image === null)
      throw new HypervisorError('no-image', this.#host.name, `${this.#host.name}: nothing at ${path}`);
    const backing = this.file(path)?.backing ?? null;
    return backing === null ? [image] : [image, ...this.chain(backing.path)];
  }
}
