import type { LiveMigrationOptions } from '@ferry/hypervisor';
import { adaptationOf } from '../../facts/adaptation-of.ts';
import { copiedDisks, type MoveContext } from '../../context/move-context.ts';

/** What the hypervisor is told, in both forms. Disks that do not change were brought before. */
export function liveOptions(context: MoveContext): LiveMigrationOptions {
  const { input } = context;
  const { strategy } = input;
  return {
    domainId: input.instanceId,
    persistent: input.persistent,
    copyDisks: copiedDisks(context)
      .filter((disk) => !disk.readOnly)
      .map((disk) => disk.target),
    bandwidthBytesPerSecond: input.options.bandwidthBytesPerSecond,
    maxDowntimeMs: strategy === undefined ? input.options.maxDowntimeMs : strategy.limitMs,
    postCopy: input.options.postCopy !== 'never',
    arrivesPaused: input.plan.form === 'coordinated',
    adaptation: adaptationOf(context),
    ...(strategy === undefined ? {} : { tuning: strategy }),
  };
}
