/** What one host shows of a domain at one moment: the only proof of where an instance runs. */
export type Sighting =
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'absent' }
  | PresentSighting;

/** The host knows the domain. */
export interface PresentSighting {
  readonly kind: 'present';
  readonly state: 'running' | 'paused' | 'shutoff' | 'crashed' | 'other';
  /** libvirt's reason in its own words (`virsh domstate --reason`): `booted`, `migrated`, `migrating`, `post-copy`. */
  readonly reason: string;
  readonly persistent: boolean;
  /** Whether libvirt runs a migration job on it now. */
  readonly job: 'none' | 'active';
}
