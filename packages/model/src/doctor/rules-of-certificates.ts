import type { Owner } from '../host/host-facts.ts';
import { type DoctorFinding, Findings, onBoth } from './doctor-finding.ts';
import type { DoctorHost } from './doctor-input.ts';
import type { CertificateFile, CertificateUse } from './host-examination.ts';
import { wayOf } from './rules-of-access.ts';

/** How long before its end a certificate is warned of. */
const soonMs = 30 * 86_400_000;

const what: Readonly<Record<CertificateUse, string>> = {
  'libvirt-ca': 'the authority of libvirt',
  'libvirt-server': "libvirt's certificate as a server",
  'libvirt-client': "libvirt's certificate as a client of other hosts",
  'qemu-ca': 'the authority of migrations',
  'qemu-server': "QEMU's certificate as the target of migrations",
  'qemu-client': "QEMU's certificate as the source of migrations",
  'vnc-ca': 'the authority of screens',
  'vnc-server': "QEMU's certificate for screens",
};

/** Each certificate that is there: whether it is good at a time, signed by its authority, and its key kept well. */
export function judgeCertificates({ host, shell }: DoctorHost, at: string): DoctorFinding[] {
  if (shell.kind !== 'examined') return [];
  const owner = host.facts?.qemuOwner ?? null;
  return shell.found.certificates.flatMap((file) =>
    file.certificate === null ? [] : judgeOne(host.name, file, owner, at),
  );
}

function judgeOne(
  host: string,
  { use, path, certificate, key }: CertificateFile,
  owner: Owner | null,
  at: string,
): DoctorFinding[] {
  if (certificate === null) return [];
  const found = new Findings('certificate', host);
  const { subject, issuer, notBefore, notAfter, signedByAuthority } = certificate;
  const compared = { use, path, subject, notBefore, notAfter, at };
  const remedy = `Have a new one made: ferry host configure ${host} --rotate, or by your own authority.`;
  const problems: DoctorFinding[] = [];
  const left = Date.parse(notAfter) - Date.parse(at);
  if (left < 0)
    problems.push(found.error(`${what[use]} (${path}) ends on ${notAfter}, before ${at}`, compared, remedy));
  else if (Date.parse(notBefore) > Date.parse(at))
    problems.push(
      found.error(`${what[use]} (${path}) is good from ${notBefore} on, after ${at}`, compared, remedy),
    );
  else if (left < soonMs)
    problems.push(
      found.warning(
        `${what[use]} (${path}) ends in ${Math.floor(left / 86_400_000)} days, on ${notAfter}`,
        compared,
        remedy,
      ),
    );
  if (signedByAuthority === false)
    problems.push(
      found.error(
        `${what[use]} (${path}) is signed by "${issuer}", which is not the authority beside it`,
        { ...compared, issuer },
        remedy,
      ),
    );
  if (key !== null) problems.push(...judgeKey(found, use, key, owner));
  return problems.length > 0 ? problems : [found.ok(`${what[use]} is good until ${notAfter}`, compared)];
}

function judgeKey(
  found: Findings,
  use: CertificateUse,
  { path, there, mode, uid, gid }: NonNullable<CertificateFile['key']>,
  owner: Owner | null,
): DoctorFinding[] {
  if (there === null) return [];
  const compared = { key: path, mode: mode.toString(8).padStart(4, '0'), owner: `${uid}:${gid}` };
  if (!there)
    return [
      found.error(
        `its key ${path} is not there`,
        { key: path },
        'Put it there, or have a new certificate made.',
      ),
    ];
  if ((mode & 0o007) !== 0)
    return [
      found.warning(
        `everybody on the host may get at its key ${path}`,
        compared,
        'Close it.',
        onBoth(`chmod o= ${path}`),
      ),
    ];
  const isQemus = use.startsWith('qemu') || use.startsWith('vnc');
  if (!isQemus || owner === null || isReadBy(owner, mode, uid, gid)) return [];
  return [
    found.error(
      `QEMU runs as ${owner.uid}:${owner.gid} and may not read its key ${path}`,
      { ...compared, qemu: `${owner.uid}:${owner.gid}` },
      "Let QEMU's group read it.",
      onBoth(`chgrp ${owner.gid} ${path}`, `chmod 0640 ${path}`),
    ),
  ];
}

function isReadBy(owner: Owner, mode: number, uid: number, gid: number): boolean {
  if (owner.uid === 0) return true;
  if (uid === owner.uid) return (mode & 0o400) !== 0;
  return gid === owner.gid && (mode & 0o040) !== 0;
}

/** Certificates that a use takes, all of which must be there. */
const needed = {
  migration: ['qemu-ca', 'qemu-server', 'qemu-client'],
  libvirt: ['libvirt-ca', 'libvirt-server', 'libvirt-client'],
} as const;

/** Whether memory can be sent to and from the host encrypted (QEMU's native TLS), and libvirtd be reached by TLS. */
export function judgeTls({ host, shell }: DoctorHost): DoctorFinding[] {
  const found = new Findings('migration-tls', host.name);
  if (host.service.state === 'down') return [];
  if (shell.kind !== 'examined')
    return [
      found.unknown(
        'whether QEMU has certificates is not known: no shell',
        'Add it by ssh to have it known.',
      ),
    ];
  const missing = missingOf(shell.found.certificates, needed.migration);
  const configure = `Give it certificates: ferry host configure ${host.name}, or those of your own authority (https://libvirt.org/kbase/tlscerts.html).`;
  const findings = [
    missing.length === 0
      ? found.ok('QEMU has certificates to send and take memory encrypted')
      : found.warning(
          `QEMU has no certificates for migrations: ${missing.join(', ')}. Memory goes in the clear`,
          { missing: missing.join(' ') },
          configure,
        ),
  ];
  if (wayOf(host.peerUri) !== 'tls') return findings;
  const others = missingOf(shell.found.certificates, needed.libvirt);
  return [
    ...findings,
    ...(others.length === 0
      ? []
      : [
          new Findings('libvirt-tls', host.name).error(
            `others reach it by TLS, and it lacks ${others.join(', ')}`,
            { missing: others.join(' ') },
            configure,
          ),
        ]),
  ];
}

/** What of these is not there: its path, or what it is where nobody looked. */
function missingOf(files: readonly CertificateFile[], uses: readonly CertificateUse[]): readonly string[] {
  return uses.flatMap((use) => {
    const file = files.find((one) => one.use === use);
    return file !== undefined && file.certificate !== null ? [] : [file?.path ?? use];
  });
}

/** Whether each believes what the other shows: both have the same authority. */
export function judgeAuthorities(from: DoctorHost, to: DoctorHost): DoctorFinding[] {
  const found = new Findings('authority', from.host.name, to.host.name);
  if (from.shell.kind !== 'examined' || to.shell.kind !== 'examined') return [];
  const [here, there] = [from.shell.found.certificates, to.shell.found.certificates];
  return (['qemu-ca', 'libvirt-ca'] as const).flatMap((use) => {
    const [mine, other] = [here, there].map(
      (files) => files.find((file) => file.use === use)?.certificate ?? null,
    );
    if (mine == null || other == null) return [];
    const compared = { use, here: mine.fingerprint.slice(0, 16), there: other.fingerprint.slice(0, 16) };
    if (mine.fingerprint === other.fingerprint)
      return [found.ok(`${what[use]} is the same on both`, compared)];
    const files = [...here, ...there].filter((file) => file.use === use).map(({ path }) => path);
    return [
      found.error(
        `${what[use]} is "${mine.subject}" here and "${other.subject}" there: neither believes the other`,
        compared,
        `Put the authorities of both into ${[...new Set(files)].join(' and ')} on both, or have one authority sign for all.`,
      ),
    ];
  });
}
