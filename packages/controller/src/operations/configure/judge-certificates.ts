import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { type CertificateRole, usagesOfRole } from '@ferry/model';

/** What an authority outside of the controller has signed for a host, as PEM. */
export interface SignedCertificates {
  /** Its certificate, with those above it. */
  readonly authority: string;
  readonly signed: readonly { readonly role: CertificateRole; readonly certificate: string }[];
}

/** What they are held against. */
export interface SignedFor {
  readonly roles: readonly CertificateRole[];
  /** Public keys of the keys that wait on the host, as PEM. */
  readonly keys: Readonly<Partial<Record<CertificateRole, string>>>;
  /** Names and addresses by which the host is reached. */
  readonly names: readonly string[];
  /** The time, UTC ISO 8601. */
  readonly at: string;
}

/** Certificates that are good for a host, as they are written there. */
export interface GoodCertificates {
  /** Who signed, first, then those above up to one that signed itself. */
  readonly authority: string;
  readonly of: Readonly<Partial<Record<CertificateRole, string>>>;
}

const purposes = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' } as const;
const anyPurpose = '2.5.29.37.0';
/** An authority is its own, one above it, and some more at most. */
const mostAbove = 8;

/** Judges chain, keys, names, purposes and dates; all that is wrong is told, as sentences. */
export function judgeCertificates(
  { authority, signed }: SignedCertificates,
  wanted: SignedFor,
): GoodCertificates | { readonly problems: readonly string[] } {
  const above = certificatesIn(authority);
  if (above.length === 0) return { problems: ['the file of the authority has no certificate in it'] };
  const problems: string[] = [];
  const of: Partial<Record<CertificateRole, string>> = {};
  const chains = new Map<string, readonly X509Certificate[]>();
  for (const role of wanted.roles) {
    const text = signed.find((one) => one.role === role)?.certificate;
    const [own] = text === undefined ? [] : certificatesIn(text);
    if (own === undefined) {
      problems.push(`there is no certificate for ${role}`);
      continue;
    }
    const chain = chainOf(own, above);
    if (chain === null)
      problems.push(
        `${role}: it is signed by "${oneLine(own.issuer)}", from which no chain leads to a self-signed one in the file of the authority (${above.map(({ subject }) => `"${oneLine(subject)}"`).join(', ')})`,
      );
    else chains.set(chain.map(({ fingerprint256 }) => fingerprint256).join(' '), chain);
    problems.push(...problemsOf(own, role, wanted).map((problem) => `${role}: ${problem}`));
    for (const one of chain ?? [])
      problems.push(...datesOf(one, wanted.at).map((problem) => `"${oneLine(one.subject)}": ${problem}`));
    of[role] = own.toString();
  }
  const [chain, other] = [...chains.values()];
  if (other !== undefined)
    problems.push('they are signed by different authorities: libvirt and QEMU of a host take those of one');
  if (problems.length > 0 || chain === undefined) return { problems: [...new Set(problems)] };
  return { authority: chain.map(String).join(''), of };
}

function problemsOf(own: X509Certificate, role: CertificateRole, wanted: SignedFor): string[] {
  const problems = datesOf(own, wanted.at);
  const key = wanted.keys[role];
  if (key === undefined) problems.push('no key waits for it on the host: ask for requests first (--csr)');
  else if (exported(own) !== key.trim())
    problems.push('its key is not the one that waits on the host: it was signed for another request');
  if (own.ca) problems.push('it is the certificate of an authority');
  const { server, client } = usagesOfRole[role];
  // Where none is said it is good for all. The types say there always are some.
  const said = own.keyUsage as string[] | undefined;
  for (const [purpose, isWanted] of [
    ['server', server],
    ['client', client],
  ] as const)
    if (isWanted && said !== undefined && !said.includes(purposes[purpose]) && !said.includes(anyPurpose))
      problems.push(`it is not for a ${purpose} (extendedKeyUsage: ${said.join(', ')})`);
  const missing = server ? wanted.names.filter((name) => !isGoodFor(own, name)) : [];
  if (missing.length > 0)
    problems.push(
      `it is not good for ${missing.join(', ')} (it is for ${own.subjectAltName ?? 'no name at all'})`,
    );
  return problems;
}

function isGoodFor(own: X509Certificate, name: string): boolean {
  return (isIP(name) === 0 ? own.checkHost(name, { subject: 'never' }) : own.checkIP(name)) !== undefined;
}

function datesOf(one: X509Certificate, at: string): string[] {
  const time = Date.parse(at);
  if (one.validFromDate.getTime() > time)
    return [`it is good from ${one.validFromDate.toISOString()} on, after ${at}`];
  if (one.validToDate.getTime() <= time)
    return [`it ended on ${one.validToDate.toISOString()}, before ${at}`];
  return [];
}

/** From who signed it up to one that signed itself; null: there is a gap. */
function chainOf(own: X509Certificate, above: readonly X509Certificate[]): X509Certificate[] | null {
  const chain: X509Certificate[] = [];
  for (let below = own; chain.length < mostAbove; ) {
    const issuer = above.find((one) => one.ca && below.checkIssued(one) && below.verify(one.publicKey));
    if (issuer === undefined) return null;
    chain.push(issuer);
    if (issuer.checkIssued(issuer)) return chain;
    below = issuer;
  }
  return null;
}

/** SHA-256 of the first certificate of a text, in hexadecimal digits. */
export function fingerprintOf(pem: string): string | null {
  return certificatesIn(pem)[0]?.fingerprint256.replaceAll(':', '').toLowerCase() ?? null;
}

function certificatesIn(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    return [];
  }
}

function exported({ publicKey }: X509Certificate): string {
  return publicKey.export({ type: 'spki', format: 'pem' }).toString().trim();
}

function oneLine(name: string): string {
  return name.replaceAll('\n', ', ');
}
