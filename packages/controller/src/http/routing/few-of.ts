/** Findings that one answer tells. */
const maxTold = 20;

/** The first of them, and how many more there are: what is wrong twenty thousand times is told in a short answer. */
export function fewOf(sentences: readonly string[]): string[] {
  const more = sentences.length - maxTold;
  return more <= 0 ? [...sentences] : [...sentences.slice(0, maxTold), `and ${more} more`];
}
