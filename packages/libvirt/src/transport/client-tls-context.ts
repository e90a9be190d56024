import type { SecureContext } from 'node:tls';
import { secureContext } from './secure-context.ts';
import { readTlsCredentials } from './tls-credentials.ts';

/**
 * What a client of a host's libvirtd does TLS with, for another service of that host whose certificate is of the same CA.
 * Null: as libvirt finds it by itself. Rejects with `tls-failed`.
 */
export async function clientTlsContext(pkipath: string | null): Promise<SecureContext> {
  return secureContext(await readTlsCredentials(pkipath), true);
}
