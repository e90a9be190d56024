import { basename, dirname, join } from 'node:path';
import type { DirectoryRoom, ImageFacts, ImageInside, Owner } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type {
  DomainFiles,
  FilePiece,
  FileState,
  HostStorage,
  ImageSpec,
  StoredImage,
} from '../contract/host-storage.ts';
import { type ImageChunk, sparseDigest } from '../contract/sparse-digest.ts';
import { namedBy } from './file-users.ts';
import { SimulatedFiles } from './simulated-files.ts';
import type { SimulatedHostState } from './simulated-state.ts';
import type { SimulatedWorld } from './simulated-world.ts';

const gibibyte = 1024 ** 3;
const emptyContent = 'new';

/** Images of a simulated host. A file's bytes are its description and content as JSON, so that a copy is a copy. */
export class SimulatedStorage implements HostStorage {
  readonly #world: SimulatedWorld;
  readonly #host: SimulatedHostState;
  readonly #files: SimulatedFiles;

  constructor(world: SimulatedWorld, host: SimulatedHostState) {
    this.#world = world;
    this.#host = host;
    this.#files = new SimulatedFiles(host);
  }

  image(path: string, call?: Call): Promise<ImageFacts | null> {
    return this.#ask('image', call, () => this.#files.image(path));
  }

  inside({ path, format }: Pick<ImageFacts, 'path' | 'format'>, call?: Call): Promise<ImageInside | null> {
    return this.#ask('inside', call, () => {
      const { inside } = this.#files.file(path) ?? {};
      return inside === undefined || format === 'raw'
        ? null
        : { dataFile: null, snapshots: 0, bitmaps: 0, extents: [], ...inside };
    });
  }

  rawImage(path: string, call?: Call): Promise<ImageFacts | null> {
    return this.#ask('rawImage', call, () => this.#files.rawImage(path));
  }

  chain(path: string, format: string, call?: Call): Promise<readonly ImageFacts[]> {
    return this.#ask('chain', call, () => this.#files.chain(path, format));
  }

  images(directory: string, call?: Call): Promise<readonly StoredImage[]> {
    return this.#ask('images', call, () => {
      const names = [...(this.#files.directory(directory)?.keys() ?? [])];
      return names.flatMap((name): StoredImage[] => {
        const path = join(directory, name);
        const image = this.#files.image(path);
        const backingPath = this.#files.file(path)?.backing?.path ?? null;
        return image === null ? [] : [{ image, backingPath, state: this.#files.state(path) }];
      });
    });
  }

  inUse(call?: Call): Promise<readonly DomainFiles[]> {
    return this.#ask('inUse', call, () =>
      [...this.#host.domains].map(([id, domain]) => namedBy(this.#host, id, domain)),
    );
  }

  dependents(path: string, call?: Call): Promise<readonly string[]> {
    return this.#ask('dependents', call, () => {
      const directory = dirname(path);
      const files = [...(this.#files.directory(directory) ?? [])];
      return files.filter(([, file]) => file.backing?.path === path).map(([name]) => join(directory, name));
    });
  }

  identity(path: string, call?: Call): Promise<string | null> {
    return this.#ask('identity', call, () => this.#host.identities.get(path) ?? null);
  }

  room(directory: string, call?: Call): Promise<DirectoryRoom> {
    return this.#ask('room', call, () => {
      const present = this.#files.directory(directory) !== null;
      return { directory, present, availableBytes: present ? 100 * gibibyte : null };
    });
  }

  ensureImage(spec: ImageSpec, call?: Call): Promise<'made' | 'was-there'> {
    return this.#ask('ensureImage', call, () => {
      const there = this.#files.file(spec.path);
      if (there !== null) {
        if (there.format === spec.format && there.capacityBytes === spec.capacityBytes) return 'was-there';
        throw new HypervisorError(
          'exists',
          this.#host.name,
          `${this.#host.name}: another image stands at ${spec.path}`,
        );
      }
      const { path, ...shape } = spec;
      this.#files.write(path, { ...shape, content: emptyContent });
      return 'made';
    });
  }

  ensureCapacity(
    { path, format }: { readonly path: string; readonly format: string },
    capacityBytes: number,
    call?: Call,
  ): Promise<void> {
    return this.#ask('ensureCapacity', call, () => {
      const there = this.#files.file(path);
      if (there === null) throw new HypervisorError('no-image', this.#host.name, `nothing at ${path}`);
      if (format !== 'raw' && there.format !== format)
        throw new HypervisorError(
          'refused',
          this.#host.name,
          `${path} is ${there.format}, and not ${format}`,
        );
      if (there.capacityBytes < capacityBytes) this.#files.write(path, { ...there, capacityBytes });
    });
  }

  ensureNoImage(path: string, call?: Call): Promise<void> {
    return this.#ask('ensureNoImage', call, () => this.#files.remove(path));
  }

  async *readImage(path: string, call?: Call, piece?: FilePiece): AsyncGenerator<ImageChunk> {
    const whole = await this.#ask('readImage', call, () => this.#files.bytes(path));
    const bytes =
      piece === undefined ? whole : whole.subarray(piece.offsetBytes, piece.offsetBytes + piece.lengthBytes);
    const half = Math.floor(bytes.length / 2);
    yield { kind: 'data', bytes: bytes.subarray(0, half) };
    yield { kind: 'hole', lengthBytes: 0 };
    yield { kind: 'data', bytes: bytes.subarray(half) };
  }

  makeFile(file: { path: string; lengthBytes: number; owner: Owner | null }, call?: Call): Promise<void> {
    return this.#ask('makeFile', call, () => {
      if (this.#files.file(file.path) !== null) {
        throw new HypervisorError(
          'exists',
          this.#host.name,
          `${this.#host.name}: something stands at ${file.path}`,
        );
      }
      this.#files.writeBytes(file.path, Buffer.alloc(0), file.lengthBytes, file.owner);
    });
  }

  async writeImage(
    path: string,
    piece: FilePiece,
    chunks: AsyncIterable<ImageChunk>,
    call?: Call,
  ): Promise<void> {
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks)
      parts.push(chunk.kind === 'data' ? chunk.bytes : new Uint8Array(chunk.lengthBytes));
    await this.#ask('writeImage', call, () => {
      const there = this.#files.file(path);
      if (there === null) throw new HypervisorError('no-image', this.#host.name, `nothing at ${path}`);
      const bytes = this.#files.bytes(path);
      // A piece of a file that is whole already may come once more.
      const lengthBytes = there.unfinished === undefined ? bytes.length : there.capacityBytes;
      const written = Buffer.concat([bytes.subarray(0, piece.offsetBytes), ...parts]);
      const rest = bytes.subarray(written.length);
      this.#files.writeBytes(path, Buffer.concat([written, rest]), lengthBytes, there.owner);
    });
  }

  fileState(path: string, call?: Call): Promise<FileState> {
    return this.#ask('fileState', call, () => this.#files.state(path));
  }

  digest(path: string, call?: Call, piece?: FilePiece): Promise<string> {
    return this.#world.faults.gate(this.#host.name, 'storage.digest', call, () =>
      sparseDigest(this.readImage(path, call, piece)),
    );
  }

  ensureProbeFile(directory: string, name: string, call?: Call): Promise<void> {
    return this.#ask('ensureProbeFile', call, () => {
      const probe = { format: 'raw', capacityBytes: 0, backing: null, owner: null, content: '' };
      this.#files.write(join(directory, name), probe);
    });
  }

  seesProbeFile(directory: string, name: string, call?: Call): Promise<boolean> {
    return this.#ask('seesProbeFile', call, () => this.#files.file(join(directory, name)) !== null);
  }

  ensureNoProbeFile(directory: string, name: string, call?: Call): Promise<void> {
    return this.#ask('ensureNoProbeFile', call, () => this.#files.remove(join(directory, basename(name))));
  }

  #ask<T>(method: string, call: Call | undefined, work: () => T): Promise<T> {
    return this.#world.faults.gate(this.#host.name, `storage.${method}`, call, () => {
      if (!this.#host.up)
        throw new HypervisorError('unreachable', this.#host.name, `${this.#host.name} is down`);
      return work();
    });
  }
}
