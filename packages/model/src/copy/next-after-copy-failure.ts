/** Closed list of why the copying of a file did not come to its end. */
export const copyFailureCodes = [
  /** The host's shell does not answer, or the way to it broke. */
  'no-shell',
  'no-python',
  /** The sender cannot connect to the receiver. */
  'no-connection',
  /** The other side is not the one that the certificate was made for. */
  'not-trusted',
  /** Nothing went through for too long. */
  'stalled',
  /** A connection broke: between the hosts, or to the libvirtd of one of them. */
  'broken',
  'disk-full',
  'no-file',
  /** A file that is not of this migration has the name. */
  'exists',
  /** The shell's user may not do it. */
  'denied',
  /** Another copy writes the same file. */
  'busy',
  /** The source's file changed while it was read. */
  'source-changed',
  /** What arrived is not what was sent. */
  'differs',
  'aborted',
  'other',
] as const;

export type CopyFailureCode = (typeof copyFailureCodes)[number];

/** Tries in a row in which nothing more arrived, before it is given up. */
const maxTriesInVain = 5;
/** A file that changes under every try is being used by somebody. */
const maxTriesOfContent = 2;

/**
 * What to do after a copy has failed: try again, and go on with what is there; go through libvirt's streams, for what
 * hosts cannot do between themselves; or give up. `triesInVain`: failed tries since something last arrived, this one
 * included; `tries`: all that failed.
 */
export function nextAfterCopyFailure(
  code: CopyFailureCode,
  { triesInVain, tries }: { readonly triesInVain: number; readonly tries: number },
): 'again' | 'streams' | 'give-up' {
  switch (code) {
    case 'no-connection':
    case 'no-file':
    case 'denied':
    case 'not-trusted':
    case 'no-python':
      return 'streams';
    case 'no-shell':
    case 'stalled':
    case 'broken':
    case 'busy':
      return triesInVain < maxTriesInVain ? 'again' : 'give-up';
    case 'source-changed':
    case 'differs':
      return tries < maxTriesOfContent ? 'again' : 'give-up';
    case 'disk-full':
    case 'exists':
    case 'aborted':
    case 'other':
      return 'give-up';
  }
}
