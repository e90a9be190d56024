import { createHash } from 'node:crypto';

/** Nova's opaque name of a host, another one for each project: SHA-224 of both. */
export function hostIdOf(projectId: string, host: string): string {
  return createHash('sha224').update(`${projectId}${host}`).digest('hex');
}
