import { type CopyFailure, HypervisorError } from '@ferry/hypervisor';
import { StepError } from '../../engine/step-error.ts';
import type { Copying } from './copying.ts';

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
