import { allRows } from './all-rows.ts';
import {
  type ElementPattern,
  type ElementPlace,
  fits,
  fitsNames,
  parsePattern,
  shortened,
} from './element-path.ts';
import type { ElementRow } from './element-row.ts';

interface ParsedRow {
  readonly row: ElementRow;
  readonly pattern: ElementPattern;
}

const parsed: readonly ParsedRow[] = allRows
  .map((one) => ({ row: one, pattern: parsePattern(one.path) }))
  .sort((a, b) => b.pattern.weight - a.pattern.weight);

/** Rows for a path, those that say most of it first. A guest names few paths, and those again and again. */
const found = new Map<string, readonly ParsedRow[]>();

/** Rows for a path, whatever the values there are: the one that says most of it first. */
export function rowsFor(names: readonly string[]): readonly ParsedRow[] {
  const short = shortened(names);
  const key = short.join('/');
  const known = found.get(key) ?? parsed.filter(({ pattern }) => fitsNames(pattern, short));
  // What is no path of libvirt's is not kept: somebody could make up any number of them.
  if (known.length > 0) found.set(key, known);
  return known;
}

/** The row that says most of that place of a description; null where no row is for it. */
export function rowOf(place: ElementPlace): ElementRow | null {
  const short = shortened(place.names);
  // Of a chain of images only the last link is named.
  const elements = place.elements.filter((_, at) => !isRepeated(place.names, at));
  const one = { names: short, elements, value: place.value };
  return rowsFor(place.names).find(({ pattern }) => fits(pattern, one))?.row ?? null;
}

function isRepeated(names: readonly string[], at: number): boolean {
  return names[at] === 'backingStore' && names[at + 1] === 'backingStore';
}
