import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { ClientError } from '../errors.ts';
import { type TlsCredentials, readTlsCredentials } from './tls-credentials.ts';

/** Makes OpenSSL's settings of a client's certificates. Throws `tls-failed`, naming the file that cannot be used. */
export function secureContext(credentials: TlsCredentials, verify: boolean): SecureContext {
  const { ca, revoked, identity, paths } = credentials;
  if (ca === null && verify) {
    throw unusable(
      `there is no CA certificate ${paths.ca} to know the server by: put it there, or name its directory with "pkipath"`,
    );
  }
  // Node takes a file without any certificate for an empty list.
  naming(paths.ca, () => ca !== null && new X509Certificate(ca));
  if (identity !== null) {
    const pair = `${paths.cert} with ${paths.key}`;
    naming(pair, () => createSecureContext(identity));
  }
  return naming(revoked === null ? paths.ca : paths.revoked, () =>
    createSecureContext({
      ...(ca === null ? {} : { ca }),
      ...(revoked === null ? {} : { crl: revoked }),
      ...identity,
      minVersion: 'TLSv1.2',
      // As GnuTLS does: whoever is in the CA file is believed, also below the root.
      allowPartialTrustChain: true,
    }),
  );
}

function naming<T>(file: string, use: () => T): T {
  try {
    return use();
  } catch (cause) {
    throw unusable(
      `${file} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    );
  }
}

function unusable(why: string, cause?: unknown): ClientError {
  return new ClientError('tls-failed', `No TLS: ${why}`, { mayHaveRun: false, cause });
}

/**
 * What a client of a host's libvirtd does TLS with, for another service of that host whose certificate is of the same CA.
 * Null: as libvirt finds it by itself. Rejects with `tls-failed`.
 */
export async function clientTlsContext(pkipath: string | null): Promise<SecureContext> {
  return secureContext(await readTlsCredentials(pkipath), true);
}
