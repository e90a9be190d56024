import type { DirectoryRoom, ImageFacts, ImageInside, Owner } from '@ferry/model';
import type { Call } from './call.ts';
import type { ImageChunk } from './sparse-digest.ts';

/** An image to be made. Made sparse, never fully allocated. */
export interface ImageSpec {
  readonly path: string;
  readonly format: string;
  readonly capacityBytes: number;
  readonly backing: { readonly path: string; readonly format: string } | null;
  readonly owner: Owner | null;
}

/** A part of a file. */
export interface FilePiece {
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/** What tells that a file is still the same: its length, holes counted, and the time of its last change as its host says it. */
export interface FileState {
  readonly lengthBytes: number;
  /** When its content was last written (mtime), seconds with their fraction; null where the host does not say. */
  readonly changedAt: string | null;
  /** When anything of it last changed, its owner too (ctime): nobody can set it back. Not set where the host does not say. */
  readonly touchedAt?: string | null;
}

/** A file as its directory has it: what it stands on, and what tells that it is still the same. */
export interface StoredImage {
  readonly image: ImageFacts;
  /** As the file names it; null when it stands on nothing. */
  readonly backingPath: string | null;
  readonly state: FileState;
}

/** Files that the descriptions of a domain name: of its life now, of its next start, of its snapshots and its saved memory. */
export interface DomainFiles {
  readonly id: string;
  readonly name: string;
  /** Whether it has a process now: then it may write to what it names. */
  readonly alive: boolean;
  /** Files and devices of its disks. What they stand on is among them only as far as a description tells it. */
  readonly paths: readonly string[];
  /** Those of them that a life of it, now or the next, writes to. */
  readonly writes: readonly string[];
  /** All other paths that a description names: firmware, kernels, logs, what QEMU itself is told. */
  readonly named: readonly string[];
  /** Directories that it shares with its host: all that is in them is named by it. */
  readonly directories: readonly string[];
  /** Why its descriptions could not be read, whole or in part; null: all were. What it names beyond this nobody knows. */
  readonly unread: string | null;
  /** Those of its paths that every description takes for raw: whatever their guest has written there, they stand on nothing. */
  readonly raw: readonly string[];
  /** Disks that may stand on files which no description tells: paths of files, which show it, and names of what is no file. */
  readonly open: readonly string[];
}

/** Files of disk images on one host, reached through libvirt's storage driver. Paths are the host's. */
export interface HostStorage {
  /** The image at a path; null when nothing is there. Always read anew, never from a stale pool. */
  image(path: string, call?: Call): Promise<ImageFacts | null>;
  /** What an image holds beside its disk, or keeps elsewhere; null for formats that have nothing of the kind. */
  inside(image: Pick<ImageFacts, 'path' | 'format'>, call?: Call): Promise<ImageInside | null>;
  /**
   * The image and what it stands on, nearest first; throws `no-image` when any link is missing. `format`: what a guest's
   * definition, which alone counts, says of it. What is raw stands on nothing, whatever its guest has written to its beginning.
   */
  chain(path: string, format: string, call?: Call): Promise<readonly ImageFacts[]>;
  /** A file or device as one that is raw, whatever is in it; null when nothing is there. */
  rawImage(path: string, call?: Call): Promise<ImageFacts | null>;
  /** The files of all domains, running or not. One whose descriptions cannot be read says so, and hides no other. */
  inUse(call?: Call): Promise<readonly DomainFiles[]>;
  /** All files of a directory; none where there is no such directory. */
  images(directory: string, call?: Call): Promise<readonly StoredImage[]>;
  /** Paths of the images in the same directory that stand on this one. */
  dependents(path: string, call?: Call): Promise<readonly string[]>;
  room(directory: string, call?: Call): Promise<DirectoryRoom>;
  /**
   * What tells a block device from all others, on whatever host it is seen: the number that the device itself gives, or the
   * one of its logical volume. Null where nothing tells it.
   */
  identity(path: string, call?: Call): Promise<string | null>;
  /** Makes an image unless one of the same shape is there. Returns whether it made it. */
  ensureImage(spec: ImageSpec, call?: Call): Promise<'made' | 'was-there'>;
  /**
   * Makes an image at least so large for its guest, which must be off; throws `no-image`. Larger already is fine. `format` is
   * what its definition says: a file that is raw is made longer, and never by what seems to be in it.
   */
  ensureCapacity(
    image: { readonly path: string; readonly format: string },
    capacityBytes: number,
    call?: Call,
  ): Promise<void>;
  /** Removes an image; nothing there is fine. */
  ensureNoImage(path: string, call?: Call): Promise<void>;
  /**
   * The file's bytes as they are (a qcow2 stays a qcow2), with its holes; of a piece, or of all of it. The bytes of a
   * chunk are only good until the next one is asked for.
   */
  readImage(path: string, call?: Call, piece?: FilePiece): AsyncIterable<ImageChunk>;
  /** Makes a file that is one hole, to be written piece by piece; throws `exists`. The length counts holes. */
  makeFile(
    file: { readonly path: string; readonly lengthBytes: number; readonly owner: Owner | null },
    call?: Call,
  ): Promise<void>;
  /** Writes a piece of a file that is there; its holes stay holes. What stood behind the piece may be lost. */
  writeImage(path: string, piece: FilePiece, chunks: AsyncIterable<ImageChunk>, call?: Call): Promise<void>;
  /** The file as it is now; throws `no-image`. */
  fileState(path: string, call?: Call): Promise<FileState>;
  /** SHA-256 over the file's content, or a piece of it: the same for any layout of holes. */
  digest(path: string, call?: Call, piece?: FilePiece): Promise<string>;
  /** Puts a small empty file into a directory, to be looked for from another host. */
  ensureProbeFile(directory: string, name: string, call?: Call): Promise<void>;
  seesProbeFile(directory: string, name: string, call?: Call): Promise<boolean>;
  ensureNoProbeFile(directory: string, name: string, call?: Call): Promise<void>;
}
