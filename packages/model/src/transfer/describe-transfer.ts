import { maxPostCopyResumes, type TransferState } from './transfer-state.ts';

/** Who takes part in a transfer, and by which form. */
export interface TransferParties {
  readonly source: string;
  readonly target: string;
  /** How the transfer is called before the guest's state goes: `perform` where Ferry coordinates, else `peer-to-peer`. */
  readonly form: 'perform' | 'peer-to-peer';
  readonly stallMs: number;
}

/** A transfer's state as people read it: the phase of its migration. */
export function describeTransfer(
  state: TransferState,
  parties: TransferParties,
  /** Its passes gain. */
  converges = true,
): string {
  const { source, target, form, stallMs } = parties;
  switch (state.kind) {
    case 'connecting':
      return `${form}: ${source} sends to ${target}`;
    case 'precopy': {
      const sends =
        state.weakLink === null
          ? `${form}: ${source} sends to ${target}`
          : `no post-copy over this link: ${state.weakLink}`;
      return converges ? sends : `${sends}; it does not converge`;
    }
    case 'forced':
      return `forced: the guest is paused until ${target} has it`;
    case 'paused':
      return `paused: the guest stands still until ${target} has it, ${state.maxMs} ms at most`;
    case 'ending':
      return `ends: ${state.because}`;
    case 'post-copy':
      return `post-copy: ${target} runs it and fetches the rest (${state.because})`;
    case 'resuming':
      return `post-copy broke off: it is resumed (${state.attempt} of ${maxPostCopyResumes})`;
    case 'stalled': {
      const paused =
        state.from.kind === 'forced' || state.from.kind === 'paused'
          ? `; the guest is paused until ${target} has it`
          : '';
      return `stalled: no data from ${source} to ${target} for ${stallMs / 1000} s; check the link between them, or abort${paused}`;
    }
    case 'arrived':
      return `${target} has all of the guest: it is told to run it`;
    case 'unknown':
      return `not known where it runs: ${state.because}`;
  }
}
