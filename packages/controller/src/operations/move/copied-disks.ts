import type { CopiedDisk } from '@ferry/model';
import type { MoveContext } from './move-context.ts';

/** Disks of the plan whose images go to the target. */
export function copiedDisks(context: MoveContext): CopiedDisk[] {
  return context.input.plan.disks.filter((disk) => disk.action === 'copy');
}
