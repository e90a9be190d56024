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
