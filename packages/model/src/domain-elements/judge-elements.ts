import {
  type DomainElement,
  type ElementPattern,
  type ElementPlace,
  fits,
  fitsNames,
  parsePattern,
  shortened,
} from './domain-element.ts';
import type { ElementRow, ElementVerdict } from './element-row.ts';
import { characterDeviceRows } from './rows-of-character-devices.ts';
import { diskRows } from './rows-of-disks.ts';
import { hostDeviceRows } from './rows-of-host-devices.ts';
import { interfaceRows } from './rows-of-interfaces.ts';
import { processorRows } from './rows-of-processors.ts';
import { screenRows } from './rows-of-screens.ts';
import { bootRows, domainRows } from './rows-of-the-domain.ts';

/** A group of rows, as the document tells them. */
interface RowGroup {
  readonly title: string;
  readonly rows: readonly ElementRow[];
}

/** The table: each element and attribute that libvirt's schema of a domain knows has a row, in one of these groups. */
export const rowGroups: readonly RowGroup[] = [
  { title: 'The domain', rows: domainRows },
  { title: 'Booting, machine and clock', rows: bootRows },
  { title: 'Processors and memory', rows: processorRows },
  { title: 'Disks', rows: diskRows },
  { title: 'Interfaces', rows: interfaceRows },
  { title: 'Character devices', rows: characterDeviceRows },
  { title: 'Screens, sound and input', rows: screenRows },
  { title: 'Devices of the host and other devices', rows: hostDeviceRows },
];

export const allRows: readonly ElementRow[] = rowGroups.flatMap(({ rows }) => rows);

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
function rowOf(place: ElementPlace): ElementRow | null {
  const short = shortened(place.names);
  // Of a chain of images only the last link is named.
  const elements = place.elements.filter((_, at) => !isRepeated(place.names, at));
  const one = { names: short, elements, value: place.value };
  return rowsFor(place.names).find(({ pattern }) => fits(pattern, one))?.row ?? null;
}

function isRepeated(names: readonly string[], at: number): boolean {
  return names[at] === 'backingStore' && names[at + 1] === 'backingStore';
}

/** What the table says of one element or attribute of a description. */
export interface JudgedElement {
  /** As the table and people name it: `devices/tpm/backend/@type`. */
  readonly path: string;
  readonly value: string;
  /** Null: the table has no row for it. */
  readonly row: ElementRow | null;
  readonly verdict: ElementVerdict | null;
  /** What it is in is judged by the same row: that says enough. */
  readonly isPart: boolean;
  /** The element itself, or the one that has the attribute, with those that it is in: outermost first. */
  readonly within: readonly DomainElement[];
}

/** An element with those that it is in, outermost first, and the row that it is judged by. */
interface Visited {
  readonly names: readonly string[];
  readonly within: readonly DomainElement[];
  readonly row: ElementRow | null;
}

/** What the table says of all that a description names. Of an element that has no row, what is in it is left out. */
export function judgeElements(domain: DomainElement, mode: 'live' | 'cold'): readonly JudgedElement[] {
  const judged: JudgedElement[] = [];
  const say = (
    value: string,
    { names, within }: Omit<Visited, 'row'>,
    outer: ElementRow | null,
  ): ElementRow | null => {
    const isAttribute = names.at(-1)?.startsWith('@') === true;
    const row = rowOf({ names, elements: isAttribute ? [...within, null] : within, value });
    const verdict = row?.[mode] ?? null;
    judged.push({
      path: names.join('/'),
      value,
      row,
      verdict,
      isPart: row !== null && row === outer,
      within,
    });
    return row;
  };
  const visit = (element: DomainElement, { names, within, row: own }: Visited): void => {
    for (const [name, value] of element.attributes)
      say(value, { names: [...names, `@${name}`], within }, own);
    for (const child of element.children) {
      const inside = { names: [...names, child.name], within: [...within, child] };
      const row = say(child.text, inside, own);
      if (row !== null) visit(child, { ...inside, row });
    }
  };
  visit(domain, { names: [], within: [], row: null });
  return judged;
}
