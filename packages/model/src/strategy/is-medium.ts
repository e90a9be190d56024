import { isFileOfInstance } from '../instance/instance-files.ts';
import type { CopiedDisk } from './transfer-plan.ts';

/**
 * A disk that is only read, and that others may have, too: it is brought and kept like a base image. What Ferry made for the
 * instance alone (its config drive) is none.
 */
export function isMedium(
  instanceId: string,
  disk: Pick<CopiedDisk, 'readOnly' | 'path' | 'standsStill'>,
): boolean {
  return disk.readOnly && disk.standsStill !== true && !isFileOfInstance(instanceId, disk.path);
}
