import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import type { ImageFacts } from '@ferry/model';
import { HypervisorError } from '../contract/errors.ts';
import type { FileState } from '../contract/host-storage.ts';
import type { SimulatedDirectory, SimulatedFile, SimulatedHostState } from './simulated-state.ts';

/** What tells one file from another, however many names it has; and how often anything of it was changed beside its content. */
const numbers = new WeakMap<SimulatedFile, number>();
const touches = new WeakMap<SimulatedFile, number>();
let filesSeen = 0;

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

  /** A file's bytes: its description and content as JSON, or as many of them as have come. */
  bytes(path: string): Buffer {
    const file = this.file(path);
    if (file === null)
      throw new HypervisorError('no-image', this.#host.name, `${this.#host.name}: nothing at ${path}`);
    if (file.unfinished !== undefined) return Buffer.from(file.unfinished, 'base64');
    if (file.bytes !== undefined) return Buffer.from(file.bytes, 'base64');
    const { owner: _owner, ...bytes } = file;
    return Buffer.from(JSON.stringify(bytes));
  }

  /** Writes a file's bytes; once there are as many as it shall have, it is what they say. */
  writeBytes(path: string, bytes: Buffer, lengthBytes: number, owner: SimulatedFile['owner']): void {
    if (bytes.length === lengthBytes) {
      this.write(path, { ...wholeFile(bytes), owner });
      return;
    }
    const unfinished = bytes.toString('base64');
    this.write(path, {
      format: 'raw',
      capacityBytes: lengthBytes,
      backing: null,
      owner,
      content: '',
      unfinished,
    });
  }

  /** The time of a file's last change is told by its content: it has no clock of its own. */
  state(path: string): FileState {
    const bytes = this.bytes(path);
    const changedAt = createHash('sha256').update(bytes).digest('hex');
    const file = this.file(path);
    if (file === null) return { lengthBytes: bytes.length, changedAt };
    const touchedAt = `${numberOf(file)}.${touches.get(file) ?? 0}`;
    return { lengthBytes: bytes.length, changedAt, touchedAt };
  }

  /** Its owner changes, or anything else that is no content: as libvirt does it with the images of a guest that starts or ends. */
  touch(path: string): void {
    const file = this.file(path);
    if (file !== null) touches.set(file, (touches.get(file) ?? 0) + 1);
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
      ...(path.startsWith('/dev/') && { device: true }),
    };
  }

  need(path: string): ImageFacts {
    const image = this.image(path);
    if (image === null)
      throw new HypervisorError('no-image', this.#host.name, `${this.#host.name}: nothing at ${path}`);
    return image;
  }

  /** As one that is raw: whatever its guest has written there. */
  rawImage(path: string): ImageFacts | null {
    const image = this.image(path);
    if (image === null || image.format === 'raw') return image;
    return { ...image, format: 'raw', capacityBytes: this.bytes(path).length };
  }

  /** The image and what it stands on, nearest first; throws when a link is missing. */
  chain(path: string, format: string): ImageFacts[] {
    if (format === 'raw') {
      const raw = this.rawImage(path);
      if (raw !== null) return [raw];
    }
    const image = this.need(path);
    const backing = this.file(path)?.backing ?? null;
    return backing === null ? [image] : [image, ...this.chain(backing.path, backing.format)];
  }
}

function numberOf(file: SimulatedFile): number {
  const known = numbers.get(file);
  if (known !== undefined) return known;
  filesSeen += 1;
  numbers.set(file, filesSeen);
  return filesSeen;
}

/** What a file is by its bytes: those of a simulated one tell it, others came from outside. */
function wholeFile(bytes: Buffer): Omit<SimulatedFile, 'owner'> {
  const told = toldBy(bytes);
  if (told !== null) return told;
  // The first bytes of qcow2, and where it has the size of its disk.
  const isQcow2 = bytes.length >= 32 && bytes.readUInt32BE(0) === 0x51_46_49_fb;
  return {
    format: isQcow2 ? 'qcow2' : 'raw',
    capacityBytes: isQcow2 ? Number(bytes.readBigUInt64BE(24)) : bytes.length,
    backing: null,
    content: createHash('sha256').update(bytes).digest('hex'),
    bytes: bytes.toString('base64'),
  };
}

/** Of the bytes of a simulated file; null: they came from outside, as those of chance that a rehearsal sends. */
function toldBy(bytes: Buffer): Omit<SimulatedFile, 'owner'> | null {
  if (bytes[0] !== 0x7b) return null;
  try {
    return JSON.parse(bytes.toString('utf8')) as Omit<SimulatedFile, 'owner'>;
  } catch {
    return null;
  }
}
