import type { CheckInput } from '../check/check-input.ts';

/** How the target sees one disk of an instance whose host is gone. */
export type DiskView =
  /** Both hosts were seen to have the same directory while both lived. `lastProvenAt`: UTC ISO 8601. */
  | { readonly kind: 'shared'; readonly lastProvenAt: string }
  /** An operator says that both hosts have the same at that path. */
  | { readonly kind: 'said' }
  /** It is on the network, and the target's hypervisor has opened it. */
  | { readonly kind: 'opened' }
  /** A drive without a medium. */
  | { readonly kind: 'empty' }
  /** The path is there, and nobody ever saw that it is the same file: it may be an old copy. */
  | { readonly kind: 'unproven' }
  | { readonly kind: 'missing' }
  /** Somebody has it open for writing: the instance may still run. */
  | { readonly kind: 'in-use'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string }
  /** The target did not tell. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** A disk, or an image that it stands on, and how the target sees it. */
export interface EvacuatedDisk {
  /** The guest's name of it: `vda`. */
  readonly disk: string;
  /** Path, or what is on the network. */
  readonly what: string;
  readonly view: DiskView;
}

/** All facts that an evacuation is judged on. */
export interface EvacuationInput {
  /** For the checks that any move has; `domain` is what was last seen of the instance. */
  readonly checks: CheckInput;
  /** Since when the source is known to be off, and who says so; null: nobody does. */
  readonly fence: { readonly at: string; readonly by: string } | null;
  /** When the definition was last read from the source; null: it never was. */
  readonly definitionSeenAt: string | null;
  /** Whether the source is called the same host by its id now: it answers. */
  readonly sourceAnswers: boolean;
  readonly disks: readonly EvacuatedDisk[];
}
