import { basename, dirname, join } from 'node:path';
import { type Connection, downloadVolume, type StorageVolumeRef, uploadVolume } from '@ferry/libvirt';
import {
  type DirectoryRoom,
  type ImageFacts,
  type ImageInside,
  imageInsideBytes,
  type Owner,
  readImageInside,
} from '@ferry/model';
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
import { readVolumeXml, type VolumeDescription } from '../xml/storage-xml.ts';
import { filesOfDomains } from './files-of-domains.ts';
import { identityOfDevice } from './identity-of-device.ts';
import { imageXml } from './libvirt-named-pools.ts';
import type { HostConnection } from './host-connection.ts';
import { parse } from './libvirt-facts.ts';
import { LibvirtPools } from './libvirt-pools.ts';

/** VIR_STORAGE_VOL_GET_PHYSICAL: the file's own length in place of its allocation. */
const physicalFlag = 1;
const longestChain = 64;
/** A disk that is busy takes seconds: a host whose stream stands still for so long gives nothing any more. */
const defaultSilenceMs = 60_000;

/** Images on a libvirt host, through its storage pools. */
export class LibvirtStorage implements HostStorage {
  readonly #connection: HostConnection;
  readonly #pools: LibvirtPools;

  constructor(connection: HostConnection) {
    this.#connection = connection;
    this.#pools = new LibvirtPools(connection);
  }

  async image(path: string, call: Call = {}): Promise<ImageFacts | null> {
    return (await this.#describe(path, call))?.image ?? null;
  }

  async rawImage(path: string, call: Call = {}): Promise<ImageFacts | null> {
    const vol = await this.#pools.volume(path, call);
    const found = vol === null ? null : await this.#descriptionOf(vol, call);
    if (vol === null || found === null) return null;
    // The size that a header names is what its guest has written.
    const capacityBytes =
      found.image.format === 'raw' ? found.image.capacityBytes : await this.#lengthOf(vol, call);
    return { ...found.image, format: 'raw', capacityBytes };
  }

  async chain(path: string, format: string, call: Call = {}): Promise<readonly ImageFacts[]> {
    const chain: ImageFacts[] = [];
    let isRaw = format === 'raw';
    for (let next: string | null = path; next !== null; ) {
      if (chain.length === longestChain)
        throw this.#error('refused', `${path} stands on more than ${longestChain} images`);
      const raw: ImageFacts | null = isRaw ? await this.rawImage(next, call) : null;
      if (raw !== null) return [...chain, raw];
      const found: VolumeDescription | null = isRaw ? null : await this.#describe(next, call);
      if (found === null)
        throw this.#error(
          'no-image',
          `nothing at ${next}${next === path ? '' : `, which ${path} stands on`}`,
        );
      chain.push(found.image);
      next = found.backingPath;
      isRaw = found.backingFormat === 'raw';
    }
    return chain;
  }

  async inside(
    { path, format }: Pick<ImageFacts, 'path' | 'format'>,
    call: Call = {},
  ): Promise<ImageInside | null> {
    if (format !== 'qcow2' && format !== 'vmdk') return null;
    const first = { offsetBytes: 0, lengthBytes: imageInsideBytes };
    const parts: Buffer[] = [];
    for await (const chunk of this.readImage(path, call, first))
      parts.push(chunk.kind === 'data' ? Buffer.from(chunk.bytes) : Buffer.alloc(chunk.lengthBytes));
    return readImageInside(Buffer.concat(parts));
  }

  async images(directory: string, call: Call = {}): Promise<readonly StoredImage[]> {
    const found: StoredImage[] = [];
    for (const vol of await this.#pools.volumes(directory, call)) {
      const description = await this.#descriptionOf(vol, call);
      if (description === null) continue;
      const { image, backingPath, changedAt, touchedAt, physicalBytes } = description;
      const lengthBytes = physicalBytes ?? (await this.#lengthOf(vol, call));
      found.push({ image, backingPath, state: { lengthBytes, changedAt, touchedAt } });
    }
    return found;
  }

  inUse(call: Call = {}): Promise<readonly DomainFiles[]> {
    return filesOfDomains(this.#connection, this.#pools, call);
  }

  async dependents(path: string, call: Call = {}): Promise<readonly string[]> {
    const found: string[] = [];
    for (const other of await this.#pools.paths(dirname(path), call)) {
      if ((await this.#describe(other, call))?.backingPath === path) found.push(other);
    }
    return found;
  }

  async room(directory: string, call: Call = {}): Promise<DirectoryRoom> {
    const pool = await this.#pools.fresh(directory, call);
    if (pool === null) return { directory, present: false, availableBytes: null };
    const { available } = await this.#connection.call('storagePoolGetInfo', { pool }, call);
    return { directory, present: true, availableBytes: Number(available) };
  }

  identity(path: string, call: Call = {}): Promise<string | null> {
    return identityOfDevice(this.#connection, path, call);
  }

  async ensureImage(spec: ImageSpec, call: Call = {}): Promise<'made' | 'was-there'> {
    const there = await this.#describe(spec.path, anew(call));
    if (there !== null) {
      const same =
        there.image.format === spec.format &&
        there.image.capacityBytes === spec.capacityBytes &&
        there.backingPath === (spec.backing?.path ?? null);
      if (same) return 'was-there';
      throw this.#error(
        'exists',
        `another image stands at ${spec.path} (${there.image.format}, ${there.image.capacityBytes} bytes)`,
      );
    }
    const pool = await this.#pools.need(dirname(spec.path), call);
    await this.#connection.call('storageVolCreateXml', { pool, xml: imageXml(spec), flags: 0 }, call);
    return 'made';
  }

  async ensureCapacity(
    { path, format }: { readonly path: string; readonly format: string },
    capacityBytes: number,
    call: Call = {},
  ): Promise<void> {
    if (format === 'raw') return this.#makeLonger(path, capacityBytes, call);
    const there = await this.#describe(path, anew(call));
    if (there !== null && there.image.capacityBytes >= capacityBytes) return;
    if (there !== null && there.image.format !== format)
      throw this.#error(
        'refused',
        `${path} is ${format} by its guest's definition, and ${there.image.format} by what is in it: it is not resized`,
      );
    const vol = await this.#need(path, call);
    await this.#connection.call('storageVolResize', { vol, capacity: BigInt(capacityBytes), flags: 0 }, call);
  }

  /** libvirt would resize what it finds in the file, and follow what a guest has written there to another file. */
  async #makeLonger(path: string, lengthBytes: number, call: Call): Promise<void> {
    if ((await this.#lengthOf(await this.#need(path, call), call)) >= lengthBytes) return;
    const piece = { offsetBytes: lengthBytes - 1, lengthBytes: 1 };
    await this.writeImage(path, piece, lastByte(), call);
  }

  async ensureNoImage(path: string, call: Call = {}): Promise<void> {
    const vol = await this.#pools.volume(path, anew(call));
    if (vol === null) return;
    try {
      await this.#connection.call('storageVolDelete', { vol, flags: 0 }, call);
    } catch (error) {
      if (!(error instanceof HypervisorError && error.code === 'no-image')) throw error;
    }
  }

  async *readImage(path: string, call: Call = {}, piece?: FilePiece): AsyncGenerator<ImageChunk> {
    const vol = await this.#need(path, call);
    const connection = await this.#connection.open({ signal: call.signal });
    try {
      yield* downloadVolume(connection, vol, {
        ...piece,
        sparse: true,
        reuseMemory: true,
        signal: call.signal,
        silenceMs: call.silenceMs ?? defaultSilenceMs,
      });
    } catch (error) {
      throw this.#connection.errorOf(error);
    } finally {
      connection.destroy();
    }
  }

  async makeFile(
    file: { readonly path: string; readonly lengthBytes: number; readonly owner: Owner | null },
    call: Call = {},
  ): Promise<void> {
    const pool = await this.#pools.need(dirname(file.path), call);
    // A raw volume of the file's length takes any bytes; what they are is told by the file itself afterwards.
    const xml = imageXml({
      path: file.path,
      format: 'raw',
      capacityBytes: file.lengthBytes,
      backing: null,
      owner: file.owner,
    });
    await this.#connection.call('storageVolCreateXml', { pool, xml, flags: 0 }, call);
  }

  async writeImage(
    path: string,
    piece: FilePiece,
    chunks: AsyncIterable<ImageChunk>,
    call: Call = {},
  ): Promise<void> {
    const vol = await this.#need(path, call);
    const connection = await this.#connection.open({ signal: call.signal });
    try {
      await uploadVolume(connection, vol, chunks, {
        ...piece,
        signal: call.signal,
        deadlineMs: Number.POSITIVE_INFINITY,
        silenceMs: call.silenceMs ?? defaultSilenceMs,
      });
    } catch (error) {
      throw this.#connection.errorOf(error);
    } finally {
      await endGently(connection);
    }
  }

  async fileState(path: string, call: Call = {}): Promise<FileState> {
    const found = await this.#describe(path, call);
    const vol = await this.#need(path, call);
    const { changedAt = null, touchedAt = null } = found ?? {};
    return { lengthBytes: await this.#lengthOf(vol, call), changedAt, touchedAt };
  }

  digest(path: string, call: Call = {}, piece?: FilePiece): Promise<string> {
    return sparseDigest(this.readImage(path, call, piece));
  }

  async ensureProbeFile(directory: string, name: string, call: Call = {}): Promise<void> {
    if ((await this.#pools.volume(join(directory, name), anew(call))) !== null) return;
    const pool = await this.#pools.need(directory, call);
    const xml = imageXml({
      path: join(directory, name),
      format: 'raw',
      capacityBytes: 0,
      backing: null,
      owner: null,
    });
    await this.#connection.call('storageVolCreateXml', { pool, xml, flags: 0 }, call);
  }

  async seesProbeFile(directory: string, name: string, call: Call = {}): Promise<boolean> {
    return (await this.#pools.volume(join(directory, basename(name)), anew(call))) !== null;
  }

  ensureNoProbeFile(directory: string, name: string, call: Call = {}): Promise<void> {
    return this.ensureNoImage(join(directory, basename(name)), call);
  }

  async #describe(path: string, call: Call): Promise<VolumeDescription | null> {
    const vol = await this.#pools.volume(path, call);
    const found = vol === null ? null : await this.#descriptionOf(vol, call);
    if (vol === null || found !== null) return found;
    // It went between two calls, or was made anew: that nothing is there is only said when it is seen.
    const again = await this.#pools.volume(path, anew(call));
    if (again === null) return null;
    const { xml } = await this.#connection.call('storageVolGetXmlDesc', { vol: again, flags: 0 }, call);
    return parse(this.#connection, () => readVolumeXml(xml));
  }

  /** Null: it has gone since its directory was looked at. */
  async #descriptionOf(vol: StorageVolumeRef, call: Call): Promise<VolumeDescription | null> {
    try {
      const { xml } = await this.#connection.call('storageVolGetXmlDesc', { vol, flags: 0 }, call);
      return parse(this.#connection, () => readVolumeXml(xml));
    } catch (error) {
      if (error instanceof HypervisorError && error.code === 'no-image') return null;
      throw error;
    }
  }

  async #lengthOf(vol: StorageVolumeRef, call: Call): Promise<number> {
    const args = { vol, flags: physicalFlag };
    const { allocation } = await this.#connection.call('storageVolGetInfoFlags', args, call);
    return Number(allocation);
  }

  async #need(path: string, call: Call): Promise<StorageVolumeRef> {
    const vol = await this.#pools.volume(path, call);
    if (vol === null) throw this.#error('no-image', `nothing at ${path}`);
    return vol;
  }

  #error(code: HypervisorError['code'], message: string): HypervisorError {
    return new HypervisorError(code, this.#connection.uri, `${this.#connection.uri}: ${message}`);
  }
}

/** As asked, by whoever acts on what is seen, or waits for it to change. */
function anew({ signal, deadlineMs }: Call): Call {
  return { signal, deadlineMs };
}

/** A file with a byte at its end is as long as that. */
async function* lastByte(): AsyncGenerator<ImageChunk> {
  yield await Promise.resolve({ kind: 'data', bytes: Buffer.alloc(1) } as const);
}

/** After a whole upload the daemon is told goodbye: ending at once could cut its last write short. */
async function endGently(connection: Connection): Promise<void> {
  await connection.close();
}
