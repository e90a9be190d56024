import { CopyFailure, HypervisorError } from '@ferry/hypervisor';
import { StepError } from '../../engine/step-error.ts';
import type { Copying } from './copying.ts';

/** Why a copy failed, whichever way it went; null for an error that is none of a copy. */
export function copyFailureOf(error: unknown): CopyFailure | null {
  if (error instanceof CopyFailure) return error;
  if (!(error instanceof HypervisorError)) return null;
  switch (error.code) {
    case 'unreachable':
    case 'deadline':
      return new CopyFailure('broken', error.host, error.message, error);
    case 'wrong-state':
      // libvirt begins no upload in the moment in which it opens the same file to be read, as for comparing the piece before.
      return new CopyFailure('busy', error.host, error.message, error);
    case 'no-space':
      return new CopyFailure('disk-full', error.host, error.message, error);
    default:
      return new CopyFailure('other', error.host, error.message, error);
  }
}

/** What a failed copy ends its step with; what a host said otherwise is told as that host's error. */
export function stepErrorOf({ path, context }: Copying, failure: CopyFailure): Error {
  const { source, target } = context.input;
  const what = `${path} from ${source.name} to ${target.name}`;
  const because = (failure.cause instanceof Error ? failure.cause : failure).message;
  switch (failure.code) {
    case 'exists':
      return new StepError(
        'path-taken',
        `${path} is somebody else's on ${target.name}: ${because}.`,
        failure,
      );
    case 'disk-full':
      return new StepError(
        'disk-full',
        `There is no room on ${target.name} for ${path}: ${because}.`,
        failure,
      );
    case 'source-changed':
      return new StepError('source-changed', `${path} on ${source.name} changed: ${because}.`, failure);
    case 'differs':
      return new StepError('copy-differs', `The copy of ${what} is not what was sent: ${because}.`, failure);
    default:
      if (failure.cause instanceof HypervisorError) return failure.cause;
      return new StepError('copy-broke-off', `The copying of ${what} broke off: ${because}.`, failure);
  }
}
