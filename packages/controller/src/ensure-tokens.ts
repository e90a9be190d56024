import { existsSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Role } from '@ferry/model';
import type { Store } from './store/store.ts';

/**
 * Makes the tokens at the first start, and again when a file was lost; 0600 from the first byte. Controllers that share a
 * database have tokens of their own: the loss of one's files ends no other's.
 */
export async function ensureTokens(store: Store, dataDirectory: string): Promise<string> {
  const fileOf = (role: Role): string => join(dataDirectory, `${role}.token`);
  for (const role of ['admin', 'operator', 'reader'] as const) {
    const name = store.isShared ? `${role} of ${hostname()}:${dataDirectory}` : role;
    const lost = role === 'admin' && !existsSync(fileOf(role));
    const token =
      (await store.tokens.ensure(name, role)) ?? (lost ? await store.tokens.renew(name, role) : null);
    if (token !== null) writeFileSync(fileOf(role), `${token}\n`, { mode: 0o600 });
  }
  return fileOf('admin');
}
