import type { Readable } from 'node:stream';
import type { Caller, ImagePatch, ImageQuery, LibraryImage } from '@ferry/model';

/** What the pages of the image library can ask for. */
export interface LibraryControls {
  list(caller: Caller, query: ImageQuery): Promise<LibraryImage[]>;
  image(caller: Caller, id: string): Promise<LibraryImage>;
  create(caller: Caller, fields: Readonly<Record<string, unknown>>): Promise<LibraryImage>;
  change(caller: Caller, id: string, patches: readonly ImagePatch[]): Promise<LibraryImage>;
  tag(caller: Caller, id: string, tag: string): Promise<LibraryImage>;
  untag(caller: Caller, id: string, tag: string): Promise<LibraryImage>;
  remove(caller: Caller, id: string): Promise<void>;
  /** Takes the bytes of an image as they come. */
  upload(caller: Caller, id: string, bytes: Readable, expectedBytes: number): Promise<void>;
  /** The bytes of an image from one offset to another, both included; refuses where they are not at hand. */
  download(image: LibraryImage, range: { readonly start: number; readonly end: number }): Promise<Readable>;
}
