// The library of certificates wants this to be there before it.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import type { CopyCertificate } from '@ferry/hypervisor';
import { PemConverter, X509CertificateGenerator } from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const hour = 3_600_000;
/** Clocks of hosts differ: it is good from a day before, and for longer than the longest copy. */
const before = 24 * hour;
const after = 30 * 24 * hour;

/** A certificate for one copy, that signs itself: sender and receiver show it, and believe it alone. */
export async function makeCopyCertificate(): Promise<CopyCertificate> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const now = Date.now();
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=ferry copy',
      keys,
      notBefore: new Date(now - before),
      notAfter: new Date(now + after),
      signingAlgorithm: algorithm,
    },
    webcrypto,
  );
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    certificate: `${certificate.toString('pem')}\n`,
    key: `${PemConverter.encode(key, 'PRIVATE KEY')}\n`,
  };
}
