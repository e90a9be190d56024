/**
 * What a migration gets of a link that others send over already, bytes a second: TCP gives each the same, and who is held to less
 * by a limit of its own leaves the rest to the others. `limits`: of those others; null: it has none.
 */
export function sharedRate(linkBytesPerSecond: number, limits: readonly (number | null)[]): number {
  let left = linkBytesPerSecond;
  let sharing = limits.length + 1;
  const limited = limits.filter((limit) => limit !== null).toSorted((a, b) => a - b);
  for (const limit of limited) {
    // From the least on: one that is held to more than an equal part is held by the link, as are all after it.
    if (limit >= left / sharing) break;
    left -= limit;
    sharing -= 1;
  }
  return left / sharing;
}

/** As near to its limit what a transfer sends tells of the limit, and not of the link. */
const limitedFrom = 0.9;

/**
 * What several that share a link send over it at one moment, bytes a second: that is what it carries. Null: one is alone, a
 * limit holds one of them, or of one nobody knows what it sends.
 */
export function togetherRate(
  moves: readonly {
    readonly rateBytesPerSecond: number | null;
    readonly limitBytesPerSecond: number | null;
  }[],
): number | null {
  if (moves.length < 2) return null;
  let sum = 0;
  for (const { rateBytesPerSecond: rate, limitBytesPerSecond: limit } of moves) {
    if (rate === null || (limit !== null && rate >= limit * limitedFrom)) return null;
    sum += rate;
  }
  return sum;
}

/** What past transfers of a pair of hosts have shown of the way between them, bytes a second each. */
export interface SeenOfLink {
  /** Of those that were alone: a link may carry more than one of them sends. */
  readonly alone: readonly number[];
  /** Of those that shared it, in sum. */
  readonly together: readonly number[];
}

/**
 * What a link carries that several are to share, bytes a second: the most that several have sent together, and no less than one
 * alone. Where they never shared it, what was said of it, and no less than what one has sent. Null: nobody knows, and none is to
 * be held back; what they send then shows it. Too little would cost time; with too much TCP shares it as it does.
 */
export function linkCapacity({ alone, together }: SeenOfLink, said: number | null): number | null {
  const known = together.length > 0 ? Math.max(...together) : said;
  return known === null ? null : Math.max(known, ...alone);
}
