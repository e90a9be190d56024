import type { CopyProgramFacts, CopyWay } from './file-copy.ts';

/** The copying program on one host, or why it does not run there. */
export type ProgramFound =
  | { readonly runs: true; readonly facts: CopyProgramFacts }
  | { readonly runs: false; readonly because: string };

/** What the way of a copy is chosen by. */
export interface CopyWayInput {
  readonly source: ProgramFound;
  readonly target: ProgramFound;
  /** The target's address as other hosts reach it; null where its URIs name none. */
  readonly targetAddress: string | null;
  /** An address of the target on a network that the operator trusts. */
  readonly trustedAddress: string | null;
}

const streams = (because: string): CopyWay => ({ kind: 'streams', because });

/**
 * The way of a file: straight where both hosts run the copying program, encrypted unless the operator named an address
 * that is trusted; through libvirt wherever that cannot be.
 */
export function chooseCopyWay(input: CopyWayInput): CopyWay {
  for (const [side, found] of [
    ['source', input.source],
    ['target', input.target],
  ] as const) {
    if (!found.runs) return streams(found.because);
    if (!found.facts.root) return streams(`the ${side}'s shell is not root's, so it may not own disk images`);
  }
  if (input.trustedAddress !== null) {
    const because = `the operator trusts the network of ${input.trustedAddress}`;
    return { kind: 'direct', address: input.trustedAddress, encrypted: false, because };
  }
  if (input.targetAddress === null) {
    return streams('no URI of the target names an address that the source could connect to');
  }
  const because = 'a shell is there on both hosts';
  return { kind: 'direct', address: input.targetAddress, encrypted: true, because };
}
