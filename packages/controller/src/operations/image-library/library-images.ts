import { randomUUID } from 'node:crypto';
import {
  type Caller,
  type FieldSet,
  hasRole,
  type ImagePatch,
  type ImageQuery,
  isTag,
  type LibraryImage,
  mayChangeImage,
  mayReadImage,
  patchImage,
  selectImages,
  setField,
} from '@ferry/model';
import { quotasOf, requireQuota } from '../engine/quotas.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The images that the caller is shown. */
export async function listLibraryImages(
  { store }: Services,
  caller: Caller,
  query: ImageQuery,
): Promise<LibraryImage[]> {
  return selectImages(await store.library.list(), caller, query);
}

/** One that the caller may know of; refuses else. */
export async function findLibraryImage(
  { store }: Services,
  caller: Caller,
  id: string,
): Promise<LibraryImage> {
  const image = await store.library.byId(id);
  if (image !== null && mayReadImage(image, caller)) return image;
  throw new Refusal('library-image-not-found', `No image found with ID ${id}.`);
}

/** Adds an image without bytes, of the fields that the image API names. */
export async function createLibraryImage(
  { store, limits }: Services,
  caller: Caller,
  fields: Readonly<Record<string, unknown>>,
): Promise<LibraryImage> {
  if (!hasRole(caller, 'member') || caller.projectId === null)
    throw notAllowed('You are not authorized to create images: that takes the role "member" in a project.');
  const { id = randomUUID(), ...rest } = fields;
  if (typeof id !== 'string' || !uuid.test(id))
    throw new Refusal('bad-request', `Invalid image id format: ${String(id)} is no UUID.`);
  const now = new Date().toISOString();
  let image: LibraryImage = {
    id: id.toLowerCase(),
    name: null,
    status: 'queued',
    visibility: 'shared',
    projectId: caller.projectId,
    isProtected: false,
    isHidden: false,
    tags: [],
    diskFormat: null,
    containerFormat: null,
    minDiskGib: 0,
    minMemoryMib: 0,
    properties: {},
    content: null,
    createdAt: now,
    updatedAt: now,
  };
  for (const [name, value] of Object.entries(rest)) image = imageOf(setField(image, name, value));
  requireMayBe(image, null, caller);
  const own = (await store.library.list()).filter(({ projectId }) => projectId === caller.projectId);
  requireQuota((await quotasOf({ store, limits }, caller.projectId)).images, own.length + 1, 'images');
  const added = await store.library.add(image);
  if (added === 'taken') throw new Refusal('library-image-exists', `Image ID ${image.id} already exists!`);
  if (added === 'was-taken')
    throw new Refusal(
      'library-image-exists',
      `Image ID ${image.id} was that of an image that is deleted, and ids are not given again: leave "id" out, or choose another.`,
    );
  return image;
}

/** Changes what is said of an image. */
export function changeLibraryImage(
  services: Services,
  caller: Caller,
  id: string,
  patches: readonly ImagePatch[],
): Promise<LibraryImage> {
  return change(services, caller, id, (image) => imageOf(patchImage(image, patches)));
}

/** Gives an image a tag; one that it has stays. */
export function tagLibraryImage(
  services: Services,
  caller: Caller,
  id: string,
  tag: string,
): Promise<LibraryImage> {
  if (!isTag(tag)) throw new Refusal('bad-request', `"${tag}" is no tag: it has 1 to 255 characters.`);
  return change(services, caller, id, (image) => imageOf(setField(image, 'tags', [...image.tags, tag])));
}

/** Takes a tag away from an image. */
export function untagLibraryImage(
  services: Services,
  caller: Caller,
  id: string,
  tag: string,
): Promise<LibraryImage> {
  return change(services, caller, id, (image) => {
    if (!image.tags.includes(tag))
      throw new Refusal('library-image-not-found', `Image ${id} has no tag "${tag}".`);
    return { ...image, tags: image.tags.filter((one) => one !== tag) };
  });
}

/** Refuses those who may see an image and not change it. */
export function requireMayChange(image: LibraryImage, caller: Caller): void {
  if (!mayChangeImage(image, caller))
    throw notAllowed(`You are not permitted to modify image ${image.id}: it belongs to another project.`);
}

async function change(
  services: Services,
  caller: Caller,
  id: string,
  how: (image: LibraryImage) => LibraryImage,
): Promise<LibraryImage> {
  requireMayChange(await findLibraryImage(services, caller, id), caller);
  const result = await services.store.library.change(id, (image) => {
    requireMayChange(image, caller);
    const after = how(image);
    requireMayBe(after, image, caller);
    return after;
  });
  if (!result.changed) throw new Refusal('library-image-not-found', `No image found with ID ${id}.`);
  return result.image;
}

/** What only administrators say of an image: that everybody sees it, and that it is another project's. */
function requireMayBe(after: LibraryImage, before: LibraryImage | null, caller: Caller): void {
  if (hasRole(caller, 'admin')) return;
  if (after.visibility === 'public' && before?.visibility !== 'public')
    throw notAllowed('You are not authorized to make an image public: that takes the role "admin".');
  if (after.projectId !== (before?.projectId ?? caller.projectId))
    throw notAllowed(`You are not permitted to give an image to project ${after.projectId}.`);
}

function imageOf(result: FieldSet): LibraryImage {
  if ('image' in result) return result.image;
  switch (result.problem) {
    case 'read-only':
      throw notAllowed(result.message);
    case 'invalid':
      throw new Refusal('bad-request', result.message);
    case 'conflict':
      throw new Refusal('library-image-busy', result.message);
  }
}

function notAllowed(message: string): Refusal {
  return new Refusal('library-image-not-allowed', message);
}
