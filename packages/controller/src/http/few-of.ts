/** Findings that one answer tells. */
const mostTold = 20;

/** The first of them, and how many more there are: what is wrong twenty thousand times is told in a short answer. */
export function fewOf(sentences: readonly string[]): string[] {
  const more = sentences.length - mostTold;
  return more <= 0 ? [...sentences] : [...sentences.slice(0, mostTold), `and ${more} more`];
}
