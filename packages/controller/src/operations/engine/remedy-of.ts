import type { Failure } from '@ferry/workflow';
import { stepErrors } from './step-error.ts';

/** What a person can do about a failure: by the closed list of steps' errors, or as the failure itself says. */
export function remedyOf(failure: Failure): string {
  const known = stepErrors[failure.code as keyof typeof stepErrors] as string | undefined;
  if (known !== undefined) return known;
  const { detail } = failure;
  if (
    typeof detail === 'object' &&
    detail !== null &&
    'remedy' in detail &&
    typeof detail.remedy === 'string'
  ) {
    return detail.remedy;
  }
  return 'See the message, and run the checks again: `ferry check`.';
}
