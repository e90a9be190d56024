import { ApiError } from './api-error.ts';

/**
 * A name or id as a part of a path. Nothing, and the dots that mean a folder, would be another page: `GET /hosts/` is the
 * list of them, `DELETE /volumes/x/..` is about all. Throws ApiError `bad-request` for those: there is nothing of that name.
 */
export function pathSegment(nameOrId: string): string {
  if (nameOrId === '') throw refused('A name or an id is wanted, and nothing was given.');
  if (nameOrId === '.' || nameOrId === '..') throw refused(`"${nameOrId}" is no name of anything.`);
  if (!nameOrId.isWellFormed()) throw refused('A name has half of a character (a lone surrogate).');
  return encodeURIComponent(nameOrId);
}

function refused(message: string): ApiError {
  return new ApiError('bad-request', 0, message, 'See the list of them for names and ids.');
}
