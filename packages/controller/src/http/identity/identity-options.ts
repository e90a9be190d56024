import type { OwnIdentity } from '../../operations/identity/known-callers.ts';

/** What each file of routes of the identity API gets. */
export interface IdentityOptions {
  readonly identity: OwnIdentity;
}
