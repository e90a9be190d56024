/** Where overlays are merged. */
export type MergeSide = 'source' | 'target';

/** What a warm move has done to the disks of its guest, each thing written down before it is done. */
export interface WarmRounds {
  /** The last round whose overlays may stand; 0: none. */
  readonly begun: number;
  /**
   * Where overlays may have been merged, and what life of the guest that began in, in its host's own words; null: it was off, or a
   * former version began it.
   */
  readonly merging: Readonly<Partial<Record<MergeSide, { readonly life: string | null }>>>;
}

/** Of a move that has put no overlay onto any disk. */
export const noRounds: WarmRounds = { begun: 0, merging: {} };

/** What former versions wrote among the paths that a move had made, and those paths without it. */
export function roundsOfMarks(made: readonly string[]): {
  readonly made: string[];
  readonly rounds: WarmRounds;
} {
  const paths: string[] = [];
  let rounds = noRounds;
  for (const one of made) {
    const [, round] = /^overlays of round (\d+)$/.exec(one) ?? [];
    const [, side] = /^merge on the (source|target)$/.exec(one) ?? [];
    if (round !== undefined) rounds = { ...rounds, begun: Math.max(rounds.begun, Number(round)) };
    else if (side !== undefined)
      rounds = { ...rounds, merging: { ...rounds.merging, [side]: { life: null } } };
    else paths.push(one);
  }
  return { made: paths, rounds };
}
