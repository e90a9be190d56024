import { CopyFailure, type CopyFailureCode } from '@ferry/hypervisor';
import { chooseCopyWay, type CopyWay } from '@ferry/model';
import { addressOf } from './copying/address-of.ts';
import { copyDirectly } from './copying/copy-directly.ts';
import { Copying } from './copying/copying.ts';
import { copyThroughStreams } from './copying/copy-through-streams.ts';
import { openPrograms, type Programs } from './copying/open-programs.ts';
import type { CopyProgress } from './copy-progress.ts';
import type { MoveContext } from './move-context.ts';
import { StepError } from './step-error.ts';

/**
 * Brings one file to the same path on the target: sparse, owned as QEMU there needs it, and verified. Straight between
 * the hosts where they have shells, else through libvirt. What an earlier try brought is gone on with.
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
  using programs = await openPrograms(copying);
  const way = wayOf(copying, programs);
  if (way.kind === 'streams' || programs.sender === null || programs.receiver === null)
    return copyThroughStreams(copying, streams(way.because));
  const { sender, receiver } = programs;
  try {
    return await copyDirectly(copying, { sender, receiver }, way);
  } catch (error) {
    if (!(error instanceof CopyFailure)) throw error;
    if (signal.aborted || !goesThroughStreams.has(error.code)) throw stepErrorOf(copying, error);
    return copyThroughStreams(copying, streams(`not straight: ${error.message}`));
  }
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

const streams = (because: string): Extract<CopyWay, { kind: 'streams' }> => ({ kind: 'streams', because });

/**
 * What the hosts cannot do between themselves, libvirt can do all the same: nobody gets through to the receiver, or the
 * shell sees other files than libvirt, or may not touch them.
 */
const goesThroughStreams: ReadonlySet<CopyFailureCode> = new Set([
  'no-connection',
  'no-file',
  'denied',
  'not-trusted',
]);

function stepErrorOf({ path, context }: Copying, failure: CopyFailure): StepError {
  const { source, target } = context.input;
  const what = `${path} from ${source.name} to ${target.name}`;
  switch (failure.code) {
    case 'exists':
      return new StepError(
        'path-taken',
        `${path} is somebody else's on ${target.name}: ${failure.message}.`,
        failure,
      );
    case 'disk-full':
      return new StepError(
        'disk-full',
        `There is no room on ${target.name} for ${path}: ${failure.message}.`,
        failure,
      );
    case 'source-changed':
      return new StepError(
        'source-changed',
        `${path} on ${source.name} changed: ${failure.message}.`,
        failure,
      );
    case 'differs':
      return new StepError(
        'copy-differs',
        `The copy of ${what} is not what was sent: ${failure.message}.`,
        failure,
      );
    default:
      return new StepError(
        'copy-broke-off',
        `The copying of ${what} broke off: ${failure.message}.`,
        failure,
      );
  }
}
