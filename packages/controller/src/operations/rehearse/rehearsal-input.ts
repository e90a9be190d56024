import type { StandIn } from '@ferry/hypervisor';
import type { BroughtLater, Owner } from '@ferry/model';
import type { MoveContext } from '../context/move-context.ts';
import type { MoveInput } from '../context/move-input.ts';
import type { InspectedTarget } from '../facts/inspected-target.ts';

/** The file of Ferry's own that is sent to measure the link, raw, by its paths on both hosts. */
export interface RehearsalDisk {
  readonly source: string;
  readonly target: string;
  readonly bytes: number;
}

/** What a rehearsal works from: what its migration would, and what moves in its place. */
export interface RehearsalInput extends MoveInput {
  readonly rehearsal: {
    readonly standIn: Omit<StandIn, 'diskPath'>;
    /** Null: there is no directory on both hosts in which one could stand. */
    readonly disk: RehearsalDisk | null;
    /** Whom files on the source must belong to; null leaves them to the hypervisor. */
    readonly sourceOwner: Owner | null;
    /** What the migration would bring whole, and this does not. */
    readonly later: BroughtLater;
  };
}

/** A step of a rehearsal. */
export interface RehearsalContext extends MoveContext {
  readonly input: RehearsalInput;
}

/** A step after the look at the target. */
export type LookedRehearsal = RehearsalContext & {
  readonly output: { readonly 'inspect-target': InspectedTarget };
};
