import type { Caller } from '../identity/caller.ts';
import { isListed, type LibraryImage, mayReadImage } from './library-image.ts';

/** What a list of images is asked for; absent: no matter. */
export interface ImageQuery {
  readonly visibility?: string;
  readonly hidden?: boolean;
  readonly tags?: readonly string[];
  readonly sizeMinBytes?: number;
  readonly sizeMaxBytes?: number;
  /** Fields and properties by the name that the image API gives them; any of the values will do. */
  readonly fields?: Readonly<Record<string, readonly string[]>>;
  /** Field and direction, the first one counts most. */
  readonly sort?: readonly { readonly key: ImageSortKey; readonly dir: 'asc' | 'desc' }[];
}

const sortValues = {
  name: (image) => image.name ?? '',
  status: (image) => image.status,
  container_format: (image) => image.containerFormat ?? '',
  disk_format: (image) => image.diskFormat ?? '',
  size: (image) => image.content?.lengthBytes ?? 0,
  id: (image) => image.id,
  created_at: (image) => image.createdAt,
  updated_at: (image) => image.updatedAt,
} as const satisfies Record<string, (image: LibraryImage) => string | number>;

export type ImageSortKey = keyof typeof sortValues;

/** Whether images can be sorted by that. */
export function isImageSortKey(key: string): key is ImageSortKey {
  return Object.hasOwn(sortValues, key);
}

/** The images that the caller is shown, in order: newest first where nothing else is asked for. */
export function selectImages(
  images: readonly LibraryImage[],
  caller: Caller,
  query: ImageQuery,
): LibraryImage[] {
  const found = images.filter((image) => isWanted(image, caller, query));
  const sort = [
    ...(query.sort ?? [{ key: 'created_at', dir: 'desc' } as const]),
    { key: 'id', dir: 'desc' } as const,
  ];
  return found.toSorted((one, other) => {
    for (const { key, dir } of sort) {
      const [a, b] = [sortValues[key](one), sortValues[key](other)];
      if (a !== b) return (a < b ? -1 : 1) * (dir === 'asc' ? 1 : -1);
    }
    return 0;
  });
}

function isWanted(image: LibraryImage, caller: Caller, query: ImageQuery): boolean {
  const { visibility, tags = [], sizeMinBytes = 0, sizeMaxBytes = Infinity, fields = {} } = query;
  if (visibility === undefined ? !isListed(image, caller) : !mayReadImage(image, caller)) return false;
  if (visibility !== undefined && visibility !== 'all' && image.visibility !== visibility) return false;
  if (image.isHidden !== (query.hidden ?? false)) return false;
  if (!tags.every((tag) => image.tags.includes(tag))) return false;
  const sizeBytes = image.content?.lengthBytes ?? 0;
  if (sizeBytes < sizeMinBytes || sizeBytes > sizeMaxBytes) return false;
  return Object.entries(fields).every(([name, values]) => values.includes(valueOf(image, name)));
}

function valueOf(image: LibraryImage, name: string): string {
  switch (name) {
    case 'id':
      return image.id;
    case 'name':
      return image.name ?? '';
    case 'status':
      return image.status;
    case 'owner':
      return image.projectId;
    case 'disk_format':
      return image.diskFormat ?? '';
    case 'container_format':
      return image.containerFormat ?? '';
    case 'size':
      return image.content === null ? '' : String(image.content.lengthBytes);
    case 'checksum':
      return image.content?.md5 ?? '';
    case 'os_hash_value':
      return image.content?.sha512 ?? '';
    case 'protected':
      return String(image.isProtected);
    case 'min_disk':
      return String(image.minDiskGib);
    case 'min_ram':
      return String(image.minMemoryMib);
    default:
      return image.properties[name] ?? '';
  }
}
