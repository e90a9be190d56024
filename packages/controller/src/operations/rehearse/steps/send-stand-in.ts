import { setTimeout as sleep } from 'node:timers/promises';
import { type LiveMigrationOptions, standInDisk } from '@ferry/hypervisor';
import type { LinkSample } from '@ferry/model';
import { abortable, sourceOf, targetOf } from '../../context/move-context.ts';
import { StepError } from '../../engine/step-error.ts';
import { liveOptions } from '../../live-migrate/transfer/live-options.ts';
import { requireDiskChannel } from '../../live-migrate/transfer/require-disk-channel.ts';
import type { RehearsalContext, RehearsalDisk } from '../rehearsal-input.ts';

/** Pause between two looks at what is sent. */
const lookMs = 50;
/** So little is sent with a disk that a link on which it takes longer is none. Memory alone takes next to nothing. */
const longestDiskMs = 120_000;
const empty = new Uint8Array();

/**
 * Moves the stand-in as the migration would move the guest: by the same form, flags and limits. Gives what was seen of its disk
 * on the way. Throws `way-not-open` when it did not come.
 */
export async function sendStandIn(
  context: RehearsalContext,
  disk: RehearsalDisk | null,
): Promise<readonly LinkSample[]> {
  const { source, target } = context.input;
  const longestMs = disk === null ? context.services.limits.prepareMs : longestDiskMs;
  const late = AbortSignal.timeout(longestMs);
  try {
    return await abortable(context, (signal) =>
      send({ ...context, signal: AbortSignal.any([signal, late]) }, standInOptions(context, disk)),
    );
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof StepError) throw error;
    const said = error instanceof Error ? error.message : String(error);
    const why = late.aborted ? `it did not come within ${longestMs} ms` : said;
    throw new StepError(
      'way-not-open',
      `${source.name} could not send a guest of Ferry's own to ${target.name}: ${why}`,
      error,
    );
  }
}

/** As for the guest, but for what is the guest's alone. It arrives paused, and so never runs. */
function standInOptions(context: RehearsalContext, disk: RehearsalDisk | null): LiveMigrationOptions {
  const { tuning, ...options } = liveOptions(context);
  return {
    ...options,
    domainId: context.input.rehearsal.standIn.id,
    persistent: false,
    copyDisks: disk === null ? [] : [standInDisk],
    maxDowntimeMs: null,
    postCopy: false,
    arrivesPaused: true,
    adaptation:
      disk === null
        ? null
        : {
            networks: {},
            ports: {},
            filter: null,
            storage: { pools: {}, paths: { [disk.source]: disk.target }, disks: {} },
          },
    // A cache as large as the guest wants it is larger than the stand-in.
    ...(tuning === undefined ? {} : { tuning: { ...tuning, xbzrleCacheBytes: null, zeroTargets: [] } }),
  };
}

function send(context: RehearsalContext, options: LiveMigrationOptions): Promise<readonly LinkSample[]> {
  return context.input.plan.form === 'coordinated'
    ? sendCoordinated(context, options)
    : watched(context, () =>
        sourceOf(context).migration.migrateToPeer(
          { ...options, targetPeerUri: context.input.target.peerUri },
          { signal: context.signal },
        ),
      );
}

/** Each phase by Ferry, as for a guest with local disks. What goes wrong half-way is taken back by ending the stand-in on both hosts. */
async function sendCoordinated(
  context: RehearsalContext,
  options: LiveMigrationOptions,
): Promise<readonly LinkSample[]> {
  const { limits } = context.services;
  const domainName = context.input.rehearsal.standIn.name;
  const opening = { signal: context.signal };
  const source = await sourceOf(context).migration.openMigrationSource(options, opening);
  try {
    const target = await targetOf(context).migration.openMigrationTarget(options, opening);
    try {
      const call = { signal: context.signal, deadlineMs: limits.prepareMs };
      const begun = await source.begin(call);
      const prepared = await target.prepare({ ...begun, domainName }, call);
      await requireDiskChannel(context, prepared.disksAt);
      let cookie: Uint8Array = empty;
      const samples = await watched(context, async () => {
        cookie = await source.perform({ ...prepared, xml: begun.xml }, { signal: context.signal });
      });
      cookie = await target.finish('keep', { uri: prepared.uri, domainName, cookie }, call);
      await source.confirm('moved', cookie, call);
      return samples;
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** Looks at the job as long as the work goes on; a look that fails is one less. */
async function watched(context: RehearsalContext, work: () => Promise<void>): Promise<readonly LinkSample[]> {
  const { migration } = sourceOf(context);
  const { id } = context.input.rehearsal.standIn;
  const call = { signal: context.signal, deadlineMs: context.services.limits.inspectMs };
  const samples: LinkSample[] = [];
  const over = new AbortController();
  const looking = (async (): Promise<void> => {
    while (!over.signal.aborted) {
      const seen = await migration.jobProgress(id, call).catch(() => null);
      if (seen !== null) samples.push({ bytes: seen.diskBytes, elapsedMs: seen.elapsedMs });
      await sleep(lookMs, undefined, { signal: over.signal }).catch(() => undefined);
    }
  })().catch(() => undefined);
  try {
    await work();
    return samples;
  } finally {
    over.abort();
    await looking;
  }
}
