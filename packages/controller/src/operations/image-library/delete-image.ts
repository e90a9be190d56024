import type { Caller } from '@ferry/model';
import type { ImageUser } from '../../store/storage/library-store.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { findLibraryImage, requireMayChange } from './library-images.ts';
import { withContent } from './image-content.ts';

/** Deletes an image that nothing stands on, and its bytes unless another image has the same. */
export async function deleteLibraryImage(services: Services, caller: Caller, id: string): Promise<void> {
  const image = await findLibraryImage(services, caller, id);
  requireMayChange(image, caller);
  if (image.isProtected)
    throw new Refusal('library-image-protected', `Image ${id} is protected and cannot be deleted.`);
  const { content } = image;
  const remove = async (): Promise<void> => {
    const users = await services.store.library.remove(id);
    if (users.length > 0) throw inUse(id, users);
    if (content !== null && !(await services.store.library.hasContent(content.sha256)))
      await services.library.remove(content.sha256);
  };
  if (content === null) await remove();
  else await withContent(services, content.sha256, remove);
}

function inUse(id: string, users: readonly ImageUser[]): Refusal {
  const names = users.map((one) => `${one.name} (${one.id})`).join(', ');
  return new Refusal(
    'library-image-in-use',
    `Image ${id} could not be deleted because it is in use: instances ${names} stand on it.`,
  );
}
