/** An element of a domain's XML, without what people keep in its `<metadata>`. Names are without their namespace. */
export interface DomainElement {
  readonly name: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
  /** Its own text, trimmed of line breaks and blanks around it where it has children. */
  readonly text: string;
  readonly children: readonly DomainElement[];
}

/** What a host has of a domain: of its life now, and of its next start. */
export interface DomainDescriptions {
  /** Null for one that is off. */
  readonly live: DomainElement | null;
  /** Null for one that is not persistent. */
  readonly next: DomainElement | null;
}

/** Whether an operator's words (`devices/rng/backend`, `devices/serial/source/@path=/dev/ttyS0`) name that element. */
export function isAccepted(words: readonly string[], path: string, value: string): boolean {
  return words.includes(path) || words.includes(`${path}=${value}`);
}

/** The word for it, as it is given on a command line. */
export function wordFor(path: string, value: string): string {
  const text = /^[\w/@.:+-]{1,100}$/.test(value) ? `${path}=${value}` : path;
  return /^[\w/@.:+=-]+$/.test(text) ? text : `'${text}'`;
}

/**
 * Patterns of paths below `<domain>`: `os/kernel`, `devices/disk/@type`; `*` stands for any one element, `@*` for any attribute, a last `**` for the element
 * and all that is in it. `serial[type=dev|pipe]` only where an attribute has one of those values, `interface[teaming]` only
 * where there is such an attribute or child, `[!teaming]` where there is none. A last `=static|none` only where that is the value.
 */
export interface ElementPattern {
  readonly segments: readonly Segment[];
  /** It holds for all that is in the last of them as well. */
  readonly deep: boolean;
  readonly values: readonly string[] | null;
  /** Which of two patterns for one path says more: the greater one. */
  readonly weight: number;
}

interface Segment {
  readonly name: string;
  readonly conditions: readonly Condition[];
}

interface Condition {
  readonly name: string;
  readonly present: boolean;
  readonly values: readonly string[] | null;
}

/** An element, or an attribute of one, with the elements that it is in, outermost first. */
export interface ElementPlace {
  readonly names: readonly string[];
  /** Null for an attribute, which has nothing in it. */
  readonly elements: readonly (DomainElement | null)[];
  readonly value: string;
}

export function parsePattern(text: string): ElementPattern {
  const deep = text.endsWith('/**');
  const path = deep ? text.slice(0, -3) : text;
  const [, names = '', values] = /^((?:[^=[\]]|\[[^\]]*\])*)(?:=(.*))?$/.exec(path) ?? [];
  const segments = names.split('/').map(parseSegment);
  const known = segments.reduce((sum, { name }) => sum + (name.endsWith('*') ? 8 : 10), 0);
  const conditions = segments.reduce((sum, one) => sum + one.conditions.length, 0);
  return {
    segments,
    deep,
    values: values === undefined ? null : values.split('|'),
    weight: known + (deep ? 0 : 5) + conditions + (values === undefined ? 0 : 1),
  };
}

function parseSegment(text: string): Segment {
  const [name = '', ...conditions] = text.split(/[[\]]/).filter((part) => part !== '');
  return { name, conditions: conditions.map(parseCondition) };
}

function parseCondition(text: string): Condition {
  const absent = text.startsWith('!');
  const [name = '', values] = (absent ? text.slice(1) : text).split('=');
  return { name, present: !absent, values: values === undefined ? null : values.split('|') };
}

/** Whether a pattern is for such a path, whatever it says of values and of what stands beside. */
export function fitsNames({ segments, deep }: ElementPattern, names: readonly string[]): boolean {
  if (deep ? names.length < segments.length : names.length !== segments.length) return false;
  return segments.every(({ name }, at) => isName(name, names[at] ?? ''));
}

function isName(pattern: string, name: string): boolean {
  if (pattern === '*' || pattern === '@*') return name.startsWith('@') === (pattern === '@*');
  return pattern === name;
}

/** Whether a pattern is for that place of a description. */
export function fits(pattern: ElementPattern, place: ElementPlace): boolean {
  return (
    fitsNames(pattern, place.names) &&
    (pattern.values === null ||
      (place.names.length === pattern.segments.length && pattern.values.includes(place.value))) &&
    pattern.segments.every(({ conditions }, at) => conditions.every((one) => holds(one, place.elements[at])))
  );
}

function holds({ name, present, values }: Condition, element: DomainElement | null | undefined): boolean {
  if (element === null || element === undefined) return false;
  const value = element.attributes.find(([key]) => key === name)?.[1];
  if (values !== null) return value !== undefined && values.includes(value);
  return (value !== undefined || element.children.some((child) => child.name === name)) === present;
}

/** The names of a path, where what repeats itself (a chain of images) is told once. */
export function shortened(names: readonly string[]): string[] {
  return names.filter((name, at) => name !== 'backingStore' || names[at + 1] !== 'backingStore');
}
