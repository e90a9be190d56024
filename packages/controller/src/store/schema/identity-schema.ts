import type { Flag, Json } from '../database/column-types.ts';

export interface ProjectTable {
  id: string;
  name: string;
  description: string;
  enabled: Flag;
  created_at: string;
}

export interface UserTable {
  id: string;
  name: string;
  email: string | null;
  description: string | null;
  enabled: Flag;
  default_project_id: string | null;
  /** Null: nobody signs in with one. */
  password_hash: string | null;
  created_at: string;
}

export interface RoleAssignmentTable {
  user_id: string;
  target_kind: string;
  /** Of a project; '' for what there is one of. */
  target_id: string;
  role: string;
}

export interface ApplicationCredentialTable {
  id: string;
  name: string;
  description: string | null;
  user_id: string;
  project_id: string;
  secret_hash: string;
  roles: Json;
  unrestricted: Flag;
  expires_at: string | null;
  created_at: string;
}

export interface IdentityTokenTable {
  /** SHA-256 of the token; the token itself is not kept. */
  hash: string;
  user_id: string;
  target_kind: string;
  target_id: string;
  application_credential_id: string | null;
  methods: Json;
  audit_ids: Json;
  issued_at: string;
  expires_at: string;
  /** Hash of the token that it was got with, whose end is its own. */
  parent: string | null;
  /** The same where that was one of Ferry's own. */
  own_token_id: string | null;
}

/** Failed attempts to sign in, and addresses from which somebody has signed in. */
interface SignInTable {
  key: string;
  failures: number;
  last_at: string;
}

/** What an administrator lets a project have at most, or (`default`) all that nothing else is said of. */
interface QuotaTable {
  project_id: string;
  name: string;
  most: number;
}

/** Users, what they may do, and how they came in. */
export interface IdentitySchema {
  project: ProjectTable;
  identity_user: UserTable;
  role_assignment: RoleAssignmentTable;
  application_credential: ApplicationCredentialTable;
  identity_token: IdentityTokenTable;
  sign_in: SignInTable;
  quota: QuotaTable;
}
