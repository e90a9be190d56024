import { createHash, type Hash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  access,
  constants,
  type FileHandle,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
  statfs,
} from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type ImageChunk, SparseDigest } from '@ferry/hypervisor';
import { diskHeaderBytes, type ImageContent } from '@ferry/model';

const pieceBytes = 1024 * 1024;
/** So much of the file system is left to everybody else: a part of it, at most the other number of bytes. */
const leftFree = { part: 0.05, maxBytes: 512 * 1024 * 1024 };
/** After so many bytes it is looked again whether there is room. */
const lookAgainBytes = 64 * 1024 * 1024;

/** Why bytes could not be kept; nothing of them is left then. */
export class LibraryFull extends Error {
  override readonly name = 'LibraryFull';
}

/** What came, and whether it is to be kept. */
export type ReceivedImage = Omit<ImageContent, 'virtualBytes'> & { readonly header: Uint8Array };

/**
 * Bytes of images, each under the SHA-256 of itself: what two images have in common is there once, and a file that is
 * there is whole. With several controllers the directory is one that all of them see.
 */
export class ImageFiles {
  readonly directory: string;

  /** Why nothing can be put there; null: it can. Where nothing was put yet, the directory is made with the first image. */
  async whyNotWritable(): Promise<string | null> {
    const there = await stat(this.directory).catch(() => null);
    if (there === null) return null;
    if (!there.isDirectory()) return 'where images are to be is no directory';
    const isWritable = await access(this.directory, constants.W_OK).then(
      () => true,
      () => false,
    );
    return isWritable ? null : 'the directory of images cannot be written to';
  }

  constructor(directory: string) {
    this.directory = directory;
  }

  pathOf(sha256: string): string {
    return join(this.directory, 'sha256', sha256);
  }

  /**
   * Takes bytes as they come, hashes them and has them on the disk; then `keep` says, under their name, whether they stay.
   * Whatever fails, nothing is left. Throws LibraryFull.
   */
  async take<T>(
    bytes: AsyncIterable<Uint8Array>,
    expectedBytes: number,
    keep: (come: ReceivedImage, publish: () => Promise<void>) => Promise<T>,
  ): Promise<T> {
    await this.#makeDirectories();
    await this.#requireRoom(expectedBytes);
    const part = join(this.directory, 'incoming', randomUUID());
    const file = await open(part, 'wx', 0o600);
    try {
      const come = await this.#write(file, bytes);
      await file.sync();
      return await keep(come, async () => {
        const path = this.pathOf(come.sha256);
        await rename(part, path);
        await syncDirectory(join(this.directory, 'sha256'));
      });
    } finally {
      await file.close();
      await rm(part, { force: true });
    }
  }

  async has(sha256: string, lengthBytes: number): Promise<boolean> {
    const found = await stat(this.pathOf(sha256)).catch(() => null);
    return found?.size === lengthBytes;
  }

  /** The bytes from one offset to another, both included. */
  read(sha256: string, range?: { readonly start: number; readonly end: number }): Readable {
    return createReadStream(this.pathOf(sha256), { ...range, highWaterMark: pieceBytes });
  }

  /** The same for a host: what is all zeros is told as a hole. */
  async *chunks(sha256: string): AsyncGenerator<ImageChunk> {
    for await (const bytes of this.read(sha256) as AsyncIterable<Uint8Array>)
      yield isZero(bytes) ? { kind: 'hole', lengthBytes: bytes.length } : { kind: 'data', bytes };
  }

  /** As hosts make it of the files they have. */
  async digest(sha256: string): Promise<string> {
    const digest = new SparseDigest();
    for await (const chunk of this.chunks(sha256)) digest.add(chunk);
    return digest.end();
  }

  async remove(sha256: string): Promise<void> {
    await rm(this.pathOf(sha256), { force: true });
  }

  /** Takes away what uploads of a controller that ended have left; not while others may be at it. */
  async sweep(): Promise<void> {
    await this.#makeDirectories();
    const incoming = join(this.directory, 'incoming');
    for (const name of await readdir(incoming)) await rm(join(incoming, name), { force: true });
  }

  async #makeDirectories(): Promise<void> {
    for (const name of ['incoming', 'sha256'])
      await mkdir(join(this.directory, name), { recursive: true, mode: 0o700 });
  }

  async #write(file: FileHandle, bytes: AsyncIterable<Uint8Array>): Promise<ReceivedImage> {
    const hashes = ['sha256', 'sha512', 'md5'].map((name) => createHash(name));
    const digest = new SparseDigest();
    const head: Uint8Array[] = [];
    let lengthBytes = 0;
    let lookAt = lookAgainBytes;
    for await (const chunk of bytes) {
      if (lengthBytes < diskHeaderBytes) head.push(Uint8Array.from(chunk));
      for (const hash of hashes) hash.update(chunk);
      const zero = isZero(chunk);
      digest.add(zero ? { kind: 'hole', lengthBytes: chunk.length } : { kind: 'data', bytes: chunk });
      if (!zero) await this.#writeAt(file, chunk, lengthBytes);
      lengthBytes += chunk.length;
      if (lengthBytes < lookAt) continue;
      lookAt = lengthBytes + lookAgainBytes;
      await this.#requireRoom(0);
    }
    await file.truncate(lengthBytes);
    const [sha256, sha512, md5] = hashes.map((hash: Hash) => hash.digest('hex')) as [string, string, string];
    const header = Buffer.concat(head).subarray(0, diskHeaderBytes);
    return { sha256, sha512, md5, digest: digest.end(), lengthBytes, header };
  }

  async #writeAt(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
    try {
      for (let done = 0; done < bytes.length; )
        done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error;
      throw new LibraryFull(`${this.directory} is full: ${at} bytes of the image were written`, {
        cause: error,
      });
    }
  }

  async #requireRoom(neededBytes: number): Promise<void> {
    const { bavail, blocks, bsize } = await statfs(this.directory);
    const kept = Math.min(leftFree.maxBytes, blocks * bsize * leftFree.part);
    const availableBytes = Math.floor(bavail * bsize - kept);
    if (neededBytes <= availableBytes) return;
    throw new LibraryFull(
      `${this.directory} can take ${Math.max(0, availableBytes)} bytes, and ${neededBytes} are needed`,
    );
  }
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.length > 0 && Buffer.compare(bytes, zeros(bytes.length)) === 0;
}

let someZeros = Buffer.alloc(pieceBytes);

function zeros(length: number): Uint8Array {
  if (length > someZeros.length) someZeros = Buffer.alloc(length);
  return someZeros.subarray(0, length);
}

/** Its new entry is on the disk, too. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
