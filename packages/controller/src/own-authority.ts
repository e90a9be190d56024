// Its library wants this to be there before it.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
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

/**
 * Makes an authority, good for ten years, and a certificate for the names and addresses by which clients reach a server,
 * good for so many days.
 */
export async function makeOwnAuthority(names: readonly string[], days: number): Promise<OwnAuthority> {
  const notBefore = new Date(Date.now() - beforeMs);
  const keysOfAuthority = await newKeys();
  const authority = await X509CertificateGenerator.createSelfSigned(
    {
      name: `CN=Ferry certificate authority`,
      keys: keysOfAuthority,
      notBefore,
      notAfter: new Date(Date.now() + 3650 * dayMs),
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    },
    webcrypto,
  );
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.create(
    {
      subject: `CN=${names[0] ?? 'ferry'}`,
      issuer: authority.subject,
      publicKey: keys.publicKey,
      signingKey: keysOfAuthority.privateKey,
      notBefore,
      notAfter: new Date(Date.now() + days * dayMs),
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension(
          names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const),
        ),
      ],
    },
    webcrypto,
  );
  return {
    authority: `${authority.toString('pem')}\n`,
    authorityKey: await keyOf(keysOfAuthority),
    certificate: `${certificate.toString('pem')}\n`,
    key: await keyOf(keys),
  };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function keyOf({ privateKey }: webcrypto.CryptoKeyPair): Promise<string> {
  return `${PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY')}\n`;
}
