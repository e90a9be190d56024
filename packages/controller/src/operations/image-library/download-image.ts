import type { Readable } from 'node:stream';
import type { LibraryImage } from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';

/** The bytes of an image from one offset to another, both included; refuses where this controller does not have them. */
export async function downloadImage(
  services: Services,
  { id, content }: LibraryImage,
  range: { readonly start: number; readonly end: number },
): Promise<Readable> {
  if (content === null) throw new Refusal('library-image-busy', `Image ${id} has no bytes yet.`);
  if (!(await services.library.has(content.sha256, content.lengthBytes))) {
    const path = services.library.pathOf(content.sha256);
    const message = `The bytes of image ${id} are not at ${path}: either the file was lost, or another controller has it.`;
    throw new Refusal('library-content-missing', message);
  }
  return services.library.read(content.sha256, range);
}
