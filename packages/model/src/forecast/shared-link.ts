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
