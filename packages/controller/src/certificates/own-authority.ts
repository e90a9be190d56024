// Its library wants this to be there before it.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;
/** Clocks differ: what is made is good from a day before. */
const beforeMs = dayMs;

/** A certificate authority of its own and a server's certificate that it has signed, all in PEM. */
export interface OwnAuthority {
  readonly authority: string;
  readonly authorityKey: string;
  readonly certificate: string;
  readonly key: string;
}

/** An authority, in PEM. */
export interface Authority {
  readonly certificate: string;
  readonly key: string;
}

/**
 * Makes an authority, good for ten years, and a certificate for the names and addresses by which clients reach a server,
 * good for so many days.
 */
export async function makeOwnAuthority(names: readonly string[], days: number): Promise<OwnAuthority> {
  const authority = await makeAuthority('Ferry certificate authority');
  const signed = await signCertificate(authority, { names, days, uses: [ExtendedKeyUsage.serverAuth] });
  return {
    authority: authority.certificate,
    authorityKey: authority.key,
    certificate: signed.certificate,
    key: signed.key,
  };
}

/** Makes an authority that is good for ten years. */
export async function makeAuthority(name: string): Promise<Authority> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: `CN=${name}`,
      keys,
      notBefore: new Date(Date.now() - beforeMs),
      notAfter: new Date(Date.now() + 3650 * dayMs),
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    },
    webcrypto,
  );
  return { certificate: `${certificate.toString('pem')}\n`, key: await keyOf(keys) };
}

/** Makes a key and has an authority sign its certificate: for names and addresses, good for so many days. */
async function signCertificate(
  authority: Authority,
  {
    names,
    days,
    uses,
  }: { readonly names: readonly string[]; readonly days: number; readonly uses: readonly ExtendedKeyUsage[] },
): Promise<Authority> {
  const keys = await newKeys();
  const issuer = new X509Certificate(authority.certificate);
  const pkcs8 = PemConverter.decode(authority.key)[0] ?? new ArrayBuffer(0);
  const certificate = await X509CertificateGenerator.create(
    {
      subject: `CN=${names[0] ?? 'ferry'}`,
      issuer: issuer.subject,
      publicKey: keys.publicKey,
      signingKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']),
      notBefore: new Date(Date.now() - beforeMs),
      notAfter: new Date(Date.now() + days * dayMs),
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        // GnuTLS's clients warn where the latter is missing.
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
        new ExtendedKeyUsageExtension([...uses]),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
        // Strict clients (Python 3.13) want to be told whose key has signed it.
        await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
        new SubjectAlternativeNameExtension(
          names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const),
        ),
      ],
    },
    webcrypto,
  );
  return { certificate: `${certificate.toString('pem')}\n`, key: await keyOf(keys) };
}

/** A certificate that a host shows as a server and as a client: libvirtd and QEMU are both. */
export function signForHost(
  authority: Authority,
  names: readonly string[],
  days: number,
): Promise<Authority> {
  return signCertificate(authority, {
    names,
    days,
    uses: [ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth],
  });
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function keyOf({ privateKey }: webcrypto.CryptoKeyPair): Promise<string> {
  return `${PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY')}\n`;
}
