import { randomUUID } from 'node:crypto';
import type { Call, HypervisorHost } from '@ferry/hypervisor';

/**
 * A small file that is there for whoever sees the same directory, and for nobody else. It is made when the first one needs it, and
 * taken away at the end.
 */
export class DirectoryProbe {
  readonly #storage: HypervisorHost['storage'];
  readonly #directory: string;
  readonly #call: Call;
  readonly #name = `.ferry-probe-${randomUUID()}`;
  #made: Promise<void> | null = null;
  #failure: { readonly error: unknown } | null = null;

  constructor({ storage }: HypervisorHost, directory: string, call: Call) {
    this.#storage = storage;
    this.#directory = directory;
    this.#call = call;
  }

  /** Its name in the directory, once it is there. */
  async name(): Promise<string> {
    this.#made ??= this.#storage.ensureProbeFile(this.#directory, this.#name, this.#call);
    try {
      await this.#made;
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
    return this.#name;
  }

  /** That it could not be made says nothing of the hosts that were to see it. */
  throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  async remove(): Promise<void> {
    if (this.#made === null) return;
    await this.#storage.ensureNoProbeFile(this.#directory, this.#name, this.#call);
  }
}
