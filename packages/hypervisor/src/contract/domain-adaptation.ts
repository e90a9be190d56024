/** How a domain's description is changed for the host that it comes to. */
export interface DomainAdaptation {
  /** Networks, bridges and devices by their name at the source, where they are named otherwise at the target. */
  readonly networks: Readonly<Record<string, string>>;
  /** The filter that stands before all its interfaces; null leaves them as they are. */
  readonly filter: string | null;
}
