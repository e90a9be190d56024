import { CopyFailure, HypervisorError } from '@ferry/hypervisor';

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
