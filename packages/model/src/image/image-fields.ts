import { imageVisibilities, type ImageVisibility, type LibraryImage } from './library-image.ts';

/** How setting one field of an image ended. */
export type FieldSet =
  | { readonly image: LibraryImage }
  | { readonly problem: 'read-only' | 'invalid' | 'conflict'; readonly message: string };

/** Formats that Glance's API names; what Ferry starts instances from is a matter of creating them. */
const diskFormats = 'ami ari aki vhd vhdx vmdk raw qcow2 vdi ploop iso'.split(' ');
const containerFormats = 'ami ari aki bare ovf ova docker compressed'.split(' ');

/** What is told of an image and cannot be said of it. */
const readOnly: ReadonlySet<string> = new Set(
  (
    'id status checksum os_hash_algo os_hash_value size virtual_size created_at updated_at file self schema direct_url ' +
    'locations stores os_glance_importing_to_stores os_glance_failed_import'
  ).split(' '),
);

type Setter = (image: LibraryImage, value: unknown) => LibraryImage | string;

const setters: Readonly<Record<string, Setter>> = {
  name: (image, value) =>
    value === null || (typeof value === 'string' && value.length <= 255)
      ? { ...image, name: value }
      : 'a text of at most 255 characters, or null',
  visibility: (image, value) =>
    (imageVisibilities as readonly unknown[]).includes(value)
      ? { ...image, visibility: value as ImageVisibility }
      : `one of ${imageVisibilities.join(', ')}`,
  protected: (image, value) =>
    typeof value === 'boolean' ? { ...image, isProtected: value } : 'true or false',
  os_hidden: (image, value) => (typeof value === 'boolean' ? { ...image, isHidden: value } : 'true or false'),
  owner: (image, value) =>
    typeof value === 'string' && value !== '' && value.length <= 255
      ? { ...image, projectId: value }
      : "a project's id",
  tags: (image, value) =>
    Array.isArray(value) && value.every(isTag)
      ? { ...image, tags: [...new Set(value as string[])].toSorted() }
      : 'a list of texts of at most 255 characters',
  min_disk: (image, value) =>
    isSize(value) ? { ...image, minDiskGib: value } : 'a whole number of GiB, not negative',
  min_ram: (image, value) =>
    isSize(value) ? { ...image, minMemoryMib: value } : 'a whole number of MiB, not negative',
  disk_format: (image, value) =>
    value === null || diskFormats.includes(value as string)
      ? { ...image, diskFormat: value as string | null }
      : `one of ${diskFormats.join(', ')}`,
  container_format: (image, value) =>
    value === null || containerFormats.includes(value as string)
      ? { ...image, containerFormat: value as string | null }
      : `one of ${containerFormats.join(', ')}`,
};

/** Whether an image has that field by itself: the others are properties that its owner makes up. */
export function isBaseField(name: string): boolean {
  return name in setters || readOnly.has(name);
}

/** Whether a text can be a tag. */
export function isTag(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= 255;
}

/** The image with one field set, by the name that the image API gives it. */
export function setField(image: LibraryImage, name: string, value: unknown): FieldSet {
  if (readOnly.has(name)) return { problem: 'read-only', message: `Attribute '${name}' is read-only.` };
  const formatStays = image.status !== 'queued' && (name === 'disk_format' || name === 'container_format');
  if (formatStays)
    return {
      problem: 'read-only',
      message: `Attribute '${name}' is read-only: the image is ${image.status}, and its bytes have that form.`,
    };
  const set = Object.hasOwn(setters, name) ? setters[name] : undefined;
  if (set !== undefined) {
    const after = set(image, value);
    if (typeof after !== 'string') return { image: after };
    return { problem: 'invalid', message: `Invalid value for ${name}: it must be ${after}.` };
  }
  if (name === '' || name.length > 255 || typeof value !== 'string' || value.length > 65_535)
    return { problem: 'invalid', message: `Invalid value for property '${name}': it must be a text.` };
  return { image: { ...image, properties: { ...image.properties, [name]: value } } };
}

/** The image without one of its properties. */
export function removeField(image: LibraryImage, name: string): FieldSet {
  if (isBaseField(name)) return { problem: 'read-only', message: `Property ${name} may not be removed.` };
  if (!Object.hasOwn(image.properties, name))
    return { problem: 'conflict', message: `Property ${name} does not exist.` };
  const { [name]: _gone, ...properties } = image.properties;
  return { image: { ...image, properties } };
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 31;
}

/** One change of a JSON patch (RFC 6902), as the image API takes it: of one field, or one tag. */
export interface ImagePatch {
  readonly op: 'add' | 'replace' | 'remove';
  /** JSON pointer, `/name`. */
  readonly path: string;
  readonly value?: unknown;
}

/** The image with all changes, in their order; or why none is made. */
export function patchImage(image: LibraryImage, patches: readonly ImagePatch[]): FieldSet {
  let after = image;
  for (const patch of patches) {
    const result = patchOnce(after, patch);
    if ('problem' in result) return result;
    after = result.image;
  }
  return { image: after };
}

function patchOnce(image: LibraryImage, { op, path, value }: ImagePatch): FieldSet {
  const name = fieldOf(path);
  if (name === null)
    return { problem: 'invalid', message: `Pointer \`${path}\` does not lead to a field of an image.` };
  if (op === 'remove') return removeField(image, name);
  if (op === 'replace' && !isBaseField(name) && !Object.hasOwn(image.properties, name))
    return { problem: 'conflict', message: `Property ${name} does not exist.` };
  return setField(image, name, value);
}

/** The one name in a pointer; null for one that leads deeper, or nowhere. */
function fieldOf(path: string): string | null {
  const [root, name, ...deeper] = path.split('/');
  if (root !== '' || name === undefined || name === '' || deeper.length > 0) return null;
  return name.replaceAll('~1', '/').replaceAll('~0', '~');
}
