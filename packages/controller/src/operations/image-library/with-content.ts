import type { Services } from '../engine/services.ts';

/** One at a time gives some bytes their name in the library or takes them away: who uploads them again must not lose them. */
export function withContent<T>(services: Services, sha256: string, work: () => Promise<T>): Promise<T> {
  return services.images.with(`library ${sha256}`, work);
}
