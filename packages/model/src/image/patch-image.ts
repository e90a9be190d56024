import { type FieldSet, isBaseField, removeField, setField } from './image-fields.ts';
import type { LibraryImage } from './library-image.ts';

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
