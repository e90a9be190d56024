import type { Transaction } from 'kysely';
import type { Schema } from '../schema/schema.ts';

/** Whose tokens: all of a user's, all for a project, or those of one user for one target. */
export type TokensOf =
  | { readonly userId: string }
  | { readonly projectId: string }
  | { readonly userId: string; readonly targetKind: string; readonly targetId: string }
  | { readonly applicationCredentialId: string };

/** Ends tokens in the transaction of whatever takes their ground away. */
export async function endTokens(tx: Transaction<Schema>, whose: TokensOf): Promise<void> {
  let tokens = tx.deleteFrom('identity_token');
  if ('applicationCredentialId' in whose)
    tokens = tokens.where('application_credential_id', '=', whose.applicationCredentialId);
  else if ('projectId' in whose)
    tokens = tokens.where('target_kind', '=', 'project').where('target_id', '=', whose.projectId);
  else tokens = tokens.where('user_id', '=', whose.userId);
  if ('targetKind' in whose)
    tokens = tokens.where('target_kind', '=', whose.targetKind).where('target_id', '=', whose.targetId);
  await tokens.execute();
}
