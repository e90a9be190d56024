import type { ProjectRole } from '@ferry/model';

/** A real Keystone that knows the users, and whom Ferry asks it as. */
export interface KeystoneSettings {
  /** `http://host:5000` or `…/v3`. */
  readonly url: string;
  readonly user: {
    readonly name: string;
    readonly password: string;
    readonly domainName: string;
    readonly projectName: string;
    readonly projectDomainName: string;
  };
  /** What Keystone's roles count as here, by their names; those that are not in it keep their own. */
  readonly roleMap: Readonly<Record<string, ProjectRole>>;
  /** Longest wait for Keystone, all that one token needs included. */
  readonly timeoutMs: number;
}
