import type {
  AuthRequest,
  ChangedProjectBody,
  ChangedUserBody,
  NewApplicationCredentialBody,
  NewProjectBody,
  NewUserBody,
} from '@ferry/api';
import type {
  ApplicationCredential,
  Project,
  RoleAssignment,
  RoleTarget,
  TokenFacts,
  User,
} from '@ferry/model';

/** One role of one user in one target; the role by its id. */
interface Assignment {
  readonly userId: string;
  readonly target: RoleTarget;
  readonly roleId: string;
}

/** Ferry knows the users itself: what the pages of the identity API can ask for. */
export interface OwnIdentity {
  readonly kind: 'own';
  /** Issues a token; `address` is where the request came from. */
  authenticate(
    request: AuthRequest,
    address: string,
  ): Promise<{ readonly token: string; readonly facts: TokenFacts }>;
  /** What a token stands for; null for one that is not known or not good any more. */
  facts(token: string): Promise<TokenFacts | null>;
  /** Ends a token; false for one that cannot be ended here. */
  revoke(token: string): Promise<boolean>;
  users(): Promise<User[]>;
  user(id: string): Promise<User>;
  createUser(body: NewUserBody): Promise<User>;
  changeUser(id: string, body: ChangedUserBody): Promise<User>;
  deleteUser(id: string): Promise<void>;
  changeOwnPassword(
    id: string,
    passwords: { readonly original: string; readonly password: string },
    address: string,
  ): Promise<void>;
  projects(): Promise<Project[]>;
  project(id: string): Promise<Project>;
  createProject(body: NewProjectBody): Promise<Project>;
  changeProject(id: string, body: ChangedProjectBody): Promise<Project>;
  deleteProject(id: string): Promise<void>;
  roleAssignments(of?: { readonly userId?: string; readonly target?: RoleTarget }): Promise<RoleAssignment[]>;
  grantRole(assignment: Assignment): Promise<void>;
  revokeRole(assignment: Assignment): Promise<void>;
  holdsRole(assignment: Assignment): Promise<boolean>;
  applicationCredentials(userId: string): Promise<ApplicationCredential[]>;
  applicationCredential(userId: string, id: string): Promise<ApplicationCredential>;
  createApplicationCredential(
    asker: TokenFacts,
    body: NewApplicationCredentialBody,
  ): Promise<{ readonly credential: ApplicationCredential; readonly secret: string }>;
  deleteApplicationCredential(asker: TokenFacts, credential: ApplicationCredential): Promise<void>;
}

/** Who knows the users: Ferry itself, or a Keystone at that address (`…/v3`). */
export type Identity = OwnIdentity | { readonly kind: 'keystone'; readonly url: string };

/** What each file of routes of the identity API gets. */
export interface IdentityOptions {
  readonly identity: OwnIdentity;
}
