import type { DirectoryRoom, ImageFacts, Owner } from '@ferry/model';
import type { Call } from './call.ts';
import type { ImageChunk } from './image-chunk.ts';

/** An image to be made. Made sparse, never fully allocated. */
export interface ImageSpec {
  readonly path: string;
  readonly format: string;
  readonly capacityBytes: number;
  readonly backing: { readonly path: string; readonly format: string } | null;
  readonly owner: Owner | null;
}

/** Files of disk images on one host, reached through libvirt's storage driver. Paths are the host's. */
export interface HostStorage {
  /** The image at a path; null when nothing is there. Always read anew, never from a stale pool. */
  image(path: string, call?: Call): Promise<ImageFacts | null>;
  /** The image and what it stands on, nearest first; throws `no-image` when any link is missing. */
  chain(path: string, call?: Call): Promise<readonly ImageFacts[]>;
  /** Paths of the images in the same directory that stand on this one. */
  dependents(path: string, call?: Call): Promise<readonly string[]>;
  room(directory: string, call?: Call): Promise<DirectoryRoom>;
  /** Makes an image unless one of the same shape is there. Returns whether it made it. */
  ensureImage(spec: ImageSpec, call?: Call): Promise<'made' | 'was-there'>;
  /** Removes an image; nothing there is fine. */
  ensureNoImage(path: string, call?: Call): Promise<void>;
  /** The file's bytes as they are (a qcow2 stays a qcow2), with its holes. */
  readImage(path: string, call?: Call): AsyncIterable<ImageChunk>;
  /**
   * Writes a whole file, replacing one that stands there; its holes stay holes.
   * `lengthBytes` is the length of the file, holes counted.
   */
  writeImage(
    file: { readonly path: string; readonly lengthBytes: number; readonly owner: Owner | null },
    chunks: AsyncIterable<ImageChunk>,
    call?: Call,
  ): Promise<void>;
  /** Length of the file in bytes, holes counted; throws `no-image`. */
  fileLength(path: string, call?: Call): Promise<number>;
  /** SHA-256 over the file's content, the same for any layout of holes. */
  digest(path: string, call?: Call): Promise<string>;
  /** Puts a small empty file into a directory, to be looked for from another host. */
  ensureProbe(directory: string, name: string, call?: Call): Promise<void>;
  seesProbe(directory: string, name: string, call?: Call): Promise<boolean>;
  ensureNoProbe(directory: string, name: string, call?: Call): Promise<void>;
}
