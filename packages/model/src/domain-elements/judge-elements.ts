import type { DomainElement } from './domain-element.ts';
import type { ElementRow, ElementVerdict } from './element-row.ts';
import { rowOf } from './row-of.ts';

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
