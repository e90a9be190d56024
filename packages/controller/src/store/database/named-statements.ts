/** Statements that are kept ready on each connection: the server holds a plan of some ten kilobytes for each. */
const maxNamed = 100;
/** So often a statement comes before it is worth it. */
const worthAt = 3;
/** Texts that are counted; lists of values of any length make up any number of them. */
const maxCounted = 1000;

const names = new Map<string, string>();
const counts = new Map<string, number>();
let generation = 0;
let isOff = false;

/** The name by which a statement is kept ready; null for one that changes something, or is not asked for often. */
export function nameOfStatement(text: string): string | null {
  if (isOff) return null;
  const known = names.get(text);
  if (known !== undefined) return known;
  if (names.size >= maxNamed || !text.startsWith('select')) return null;
  const count = (counts.get(text) ?? 0) + 1;
  if (count < worthAt) {
    if (counts.size >= maxCounted) counts.clear();
    counts.set(text, count);
    return null;
  }
  counts.delete(text);
  const name = `ferry_${generation}_${names.size}`;
  names.set(text, name);
  return name;
}

/** What was kept ready is so under other names from now on: the tables have changed. */
export function forgetStatements(): void {
  generation += 1;
  names.clear();
  counts.clear();
}

/** Names do not hold here: what is between Ferry and the server hands its connections around. */
export function nameNoStatements(): void {
  isOff = true;
}
