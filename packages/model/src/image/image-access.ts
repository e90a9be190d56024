import { type Caller, hasRole } from '../identity/caller.ts';
import type { LibraryImage } from './library-image.ts';

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
