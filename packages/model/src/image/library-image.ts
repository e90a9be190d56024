import { type Caller, hasRole } from '../identity/caller.ts';

/** What stands between an image's record and its bytes. */
type LibraryImageStatus =
  /** There is a record and nothing else. */
  | 'queued'
  /** Its bytes are coming. */
  | 'saving'
  | 'active';

/** Who sees an image beside its project: `public` everybody, `community` everybody who knows its id; the others nobody. */
export type ImageVisibility = 'public' | 'community' | 'shared' | 'private';
export const imageVisibilities: readonly ImageVisibility[] = ['public', 'community', 'shared', 'private'];

/** The bytes of an image, as they were when they came; they never change. */
export interface ImageContent {
  /** SHA-256 of the bytes, hexadecimal: their name in the library. */
  readonly sha256: string;
  readonly sha512: string;
  readonly md5: string;
  /** As hosts make it of the files they have (`digestKind`): what shows that a host has the same. Null: it is to be made anew. */
  readonly digest: string | null;
  readonly lengthBytes: number;
  /** The disk that they hold; null for what holds none that Ferry can read. */
  readonly virtualBytes: number | null;
}

/** An image of the controller's library. `BaseImage` is one that stands on a host. */
export interface LibraryImage {
  readonly id: string;
  readonly name: string | null;
  readonly status: LibraryImageStatus;
  readonly visibility: ImageVisibility;
  /** The project that it belongs to. */
  readonly projectId: string;
  /** Whether it must not be deleted. */
  readonly isProtected: boolean;
  readonly isHidden: boolean;
  readonly tags: readonly string[];
  readonly diskFormat: string | null;
  readonly containerFormat: string | null;
  /** The least that an instance on it must have. */
  readonly minDiskGib: number;
  readonly minMemoryMib: number;
  /** What its owner says of it beside all that. */
  readonly properties: Readonly<Record<string, string>>;
  /** Null until its bytes have come. */
  readonly content: ImageContent | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Whether the caller may know of an image that it names. */
export function mayReadImage(image: LibraryImage, caller: Caller): boolean {
  if (image.visibility === 'public' || image.visibility === 'community') return true;
  return image.projectId === caller.projectId || hasRole(caller, 'admin');
}

/** Whether the caller may change an image or take it away: as a member of its project, or as an administrator. */
export function mayChangeImage(image: LibraryImage, caller: Caller): boolean {
  if (hasRole(caller, 'admin')) return true;
  return image.projectId === caller.projectId && hasRole(caller, 'member');
}

/** Whether a list that asks for nothing in particular has it: what others share with those who know its id is not in it. */
export function isListed(image: LibraryImage, caller: Caller): boolean {
  if (image.visibility === 'community' && image.projectId !== caller.projectId) return false;
  return mayReadImage(image, caller);
}
