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
