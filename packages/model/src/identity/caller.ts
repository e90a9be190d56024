/** A role that somebody has in a project, in Keystone's words. Each includes those after it. */
export type ProjectRole = 'admin' | 'manager' | 'member' | 'reader';

/** Who calls one of the OpenStack APIs, as a token says. */
export interface Caller {
  readonly userId: string;
  readonly userName: string;
  /** Where the caller works: what is made belongs to it, and without `admin` nothing of others is seen. Null: a token without a project. */
  readonly projectId: string | null;
  readonly projectName: string | null;
  /** Names as the identity service has them, with others that Ferry knows nothing of. */
  readonly roles: readonly string[];
}

/** The project of what was there before there were projects, and of the first administrator. */
export const firstProject = { id: '0fe220000000400080000000000ad317', name: 'admin' } as const;

/** The user that Ferry's own tokens act for. */
export const firstUser = { id: '0fe220000000400080000000000ad31a', name: 'admin' } as const;
