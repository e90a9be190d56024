import { setTimeout as sleep } from 'node:timers/promises';
import { chooseCopyWay, type CopyWay, nextAfterCopyFailure } from '@ferry/model';
import { copyDirectly } from './copying/copy-directly.ts';
import { copyFailureOf, Copying, stepErrorOf } from './copying/copying.ts';
import { copyThroughStreams } from './copying/copy-through-streams.ts';
import { openPrograms, type Programs } from './copying/open-programs.ts';
import type { CopyProgress } from './copy-progress.ts';
import { type MoveContext, setPhase } from '../context/move-context.ts';

type Streams = Extract<CopyWay, { kind: 'streams' }>;

/**
 * Brings one file to the same path on the target: sparse, owned as QEMU there needs it, and verified. Straight between
 * the hosts where they have shells, else through libvirt. What breaks off is tried again, and goes on with what an
 * earlier try brought, also one of a controller that is gone.
 */
export async function copyImage(
  context: MoveContext,
  path: string,
  progress: CopyProgress,
  signal: AbortSignal,
): Promise<string> {
  const copying = await Copying.of(context, path, progress, signal);
  const { record } = copying;
  if (record?.state === 'done' && record.digest !== null) {
    progress.skip(record.resumedBytes + record.sentBytes);
    return record.digest;
  }
  let forced: Streams | null = copying.ofDevice ? { kind: 'streams', because: 'a block device' } : null;
  let triesInVain = 0;
  for (let tries = 1; ; tries += 1) {
    const before = progressOf(copying);
    try {
      return await copyOnce(copying, forced);
    } catch (error) {
      const failure = copyFailureOf(error);
      if (failure === null || signal.aborted) throw error;
      triesInVain = progressOf(copying) > before ? 1 : triesInVain + 1;
      const next = nextAfterCopyFailure(failure.code, { triesInVain, tries });
      if (next === 'give-up' || (next === 'streams' && forced !== null)) throw stepErrorOf(copying, failure);
      if (next === 'streams') forced = { kind: 'streams', because: `not straight: ${failure.message}` };
      await setPhase(context, `copy ${path} again, with what is there: ${failure.message}`);
      const pauseMs = context.services.limits.copyRetryMs * 2 ** (triesInVain - 1);
      if (next === 'again') await sleep(pauseMs, undefined, { signal });
    }
  }
}

/**
 * What no further try brings again: of a copy straight between hosts the bytes that were moved, through libvirt the pieces that were
 * compared. One that breaks off in the same piece each time comes no further, however much it moves.
 */
function progressOf({ record, progress }: Copying): number {
  return record?.way.kind === 'streams' ? record.pieces.length : progress.movedBytes;
}

async function copyOnce(copying: Copying, forced: Streams | null): Promise<string> {
  if (forced !== null) return copyThroughStreams(copying, forced);
  using programs = await openPrograms(copying);
  const { sender, receiver } = programs;
  const way = wayOf(copying, programs);
  if (way.kind === 'direct' && sender !== null && receiver !== null)
    return await copyDirectly(copying, { sender, receiver }, way);
  return copyThroughStreams(copying, { kind: 'streams', because: way.because });
}

function wayOf({ context }: Copying, { source, target }: Programs): CopyWay {
  const side = context.input.target;
  return chooseCopyWay({
    source,
    target,
    targetAddress: addressOf(side.peerUri) ?? addressOf(side.uri),
    trustedAddress: side.trustedCopyAddress,
  });
}

/** The host that a libvirt URI names; null for one that means the machine itself. */
export function addressOf(uri: string): string | null {
  const { hostname } = new URL(uri);
  // An IPv6 address stands in brackets in a URI, and nowhere else.
  return hostname === '' ? null : hostname.replace(/^\[(.*)\]$/, '$1');
}
