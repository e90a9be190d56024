import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import { ClientError } from '../errors.ts';

/** What TLS is done with. Null is what is not there. */
export interface TlsCredentials {
  /** Who is believed when they vouch for a server (PEM). */
  readonly ca: Buffer | null;
  /** Certificates that are not good any more (PEM). */
  readonly revoked: Buffer | null;
  /** Who we are (PEM). */
  readonly identity: { readonly cert: Buffer; readonly key: Buffer } | null;
  readonly paths: CredentialPaths;
}

/** Where the files are, or would be. */
interface CredentialPaths {
  readonly ca: string;
  readonly revoked: string;
  readonly cert: string;
  readonly key: string;
}

/**
 * Reads a client's certificates as libvirt finds them (virnettlscontext.c): all from `pkipath` if that is given; else each
 * from ~/.pki/libvirt of a user who is not root, where it is there; else from /etc/pki. Certificate and key are taken from
 * the same place. Rejects with `tls-failed` for a file that is there and cannot be read.
 */
export async function readTlsCredentials(pkipath: string | null): Promise<TlsCredentials> {
  const paths = credentialPaths(pkipath, process.geteuid?.() ?? 0, process.env['HOME'] || homedir());
  const [ca, revoked, cert, key] = await Promise.all([
    readIfThere(paths.ca),
    readIfThere(paths.revoked),
    readIfThere(paths.cert),
    readIfThere(paths.key),
  ]);
  return { ca, revoked, identity: cert !== null && key !== null ? { cert, key } : null, paths };
}

/** Where a client's certificates are looked for. */
export function credentialPaths(
  pkipath: string | null,
  uid: number,
  home: string,
  exists: (path: string) => boolean = existsSync,
): CredentialPaths {
  if (pkipath !== null) return inOneDirectory(pkipath);
  const system = {
    ca: '/etc/pki/CA/cacert.pem',
    revoked: '/etc/pki/CA/cacrl.pem',
    cert: '/etc/pki/libvirt/clientcert.pem',
    key: '/etc/pki/libvirt/private/clientkey.pem',
  };
  if (uid === 0) return system;
  const own = inOneDirectory(join(home, '.pki/libvirt'));
  const ofOwn = exists(own.cert) && exists(own.key) ? own : system;
  return {
    ca: exists(own.ca) ? own.ca : system.ca,
    revoked: exists(own.revoked) ? own.revoked : system.revoked,
    cert: ofOwn.cert,
    key: ofOwn.key,
  };
}

function inOneDirectory(directory: string): CredentialPaths {
  return {
    ca: join(directory, 'cacert.pem'),
    revoked: join(directory, 'cacrl.pem'),
    cert: join(directory, 'clientcert.pem'),
    key: join(directory, 'clientkey.pem'),
  };
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')) {
      return null;
    }
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ClientError('tls-failed', `TLS needs ${path}: ${why}`, { mayHaveRun: false, cause });
  }
}

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
