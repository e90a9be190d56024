/** A move that shares a link with others. */
export interface SharingMove {
  readonly id: string;
  /** Memory that it has still to send, bytes. */
  readonly leftBytes: number;
  /** What its guest changes, bytes a second, as far as its passes tell. */
  readonly changesBytesPerSecond: number;
  /** Weight, from 1 to 100. */
  readonly priority: number;
}

/** No move gets less than this part of an even share: one that has hardly anything left still has its end to reach. */
const leastOfEven = 0.1;

/**
 * How several moves share a link, bytes a second each. Each gets what its guest changes, and the surplus goes by the square
 * root of weight × bytes left, which makes the sum of weight × time least: times are M ÷ (R − D), and Lagrange's condition
 * of Σ w·M ÷ (R − D) under Σ R = C is R = D + (C − ΣD) · √(wM) ÷ Σ√(wM). Where the guests change more than the link carries,
 * nothing converges, and all of it goes by the roots.
 */
export function splitLink(
  capacityBytesPerSecond: number,
  moves: readonly SharingMove[],
): ReadonlyMap<string, number> {
  const least = (capacityBytesPerSecond / Math.max(1, moves.length)) * leastOfEven;
  const changes = moves.reduce((sum, { changesBytesPerSecond }) => sum + changesBytesPerSecond, 0);
  const converges = changes < capacityBytesPerSecond;
  const surplus = converges ? capacityBytesPerSecond - changes : capacityBytesPerSecond;
  const root = ({ priority, leftBytes }: SharingMove): number => Math.sqrt(priority * Math.max(1, leftBytes));
  const roots = moves.reduce((sum, move) => sum + root(move), 0);
  const wanted = moves.map(
    (move) => (converges ? move.changesBytesPerSecond : 0) + (surplus * root(move)) / roots,
  );
  const raised = wanted.map((share) => Math.max(share, least));
  const over = raised.reduce((sum, share) => sum + share, 0) / capacityBytesPerSecond;
  return new Map(
    moves.map(({ id }, index) => [id, Math.floor((raised[index] ?? least) / Math.max(1, over))]),
  );
}
