import { X509Certificate } from 'node:crypto';
import {
  type CertificateFacts,
  type CertificateFile,
  certificatePlaces,
  type DoorReached,
  type HostExamination,
  isModular,
  type ReachedPlace,
  type TlsSettings,
} from '@ferry/model';

/** Longer texts of a host are cut, and of longer lists the rest is left out. */
const longest = { text: 512, list: 128 } as const;
const outcomes = ['open', 'refused', 'silent', 'unreachable', 'unresolved'] as const;

type Told = Readonly<Record<string, unknown>>;

/** What of an examination the first answer tells: all but certificates, whose places depend on it. */
export interface FirstLook {
  readonly at: number;
  readonly found: Omit<HostExamination, 'clock' | 'certificates'>;
  readonly tls: TlsSettings;
}

/** Reads what a host says of itself. What is of another form than it should be counts as not told. */
export function readFirstLook(told: Told): FirstLook {
  const settings = recordOf(told['settings']);
  const qemu = settingsOf(settings['/etc/libvirt/qemu.conf']);
  const units = told['units'];
  const runs = {
    units: units === null ? null : unitsOf(recordOf(units)),
    processes: textsOf(told['processes']),
  };
  const listener = isModular(runs) ? '/etc/libvirt/virtproxyd.conf' : '/etc/libvirt/libvirtd.conf';
  const libvirtd = settingsOf(settings[listener]);
  return {
    at: numberOf(told['at']),
    tls: { qemu, libvirtd, directories: textsOf(told['directories']) },
    found: {
      hostname: textOf(told['hostname']),
      ownAddresses: textsOf(told['ownAddresses']),
      addresses: textsOf(told['addresses']),
      machineId: textOf(told['machineId']),
      family: familyOf(textOf(told['release'])),
      userfaultfd: userfaultfdOf(textOf(told['unprivilegedUserfaultfd']), told['userfaultfdDevice'] === true),
      ...runs,
      settings: { qemu, libvirtd, listener },
      firewall: firewallOf(recordOf(told['firewall'])),
      listening: Array.isArray(told['listening']) ? listOf(told['listening']).map(numberOf) : null,
    },
  };
}

function unitsOf(told: Told): HostExamination['units'] {
  const pairs = Object.entries(told).slice(0, longest.list);
  return Object.fromEntries(
    pairs.map(([unit, state]) => {
      const { active, enabled } = recordOf(state);
      return [unit, { active: textOf(active), enabled: textOf(enabled) }];
    }),
  );
}

function settingsOf(told: unknown): Readonly<Record<string, string>> | null {
  const { read, values } = recordOf(told);
  if (read !== true) return null;
  return Object.fromEntries(
    Object.entries(recordOf(values))
      .slice(0, longest.list)
      .map(([name, value]) => [name, textOf(value)]),
  );
}

/** Names of nftables are plain: they are written into rules. */
const plainName = /^[A-Za-z_][\w-]{0,63}$/;

function firewallOf(told: Told): HostExamination['firewall'] {
  const kind = (['firewalld', 'ufw', 'none'] as const).find((one) => one === told['kind']);
  if (kind !== undefined) return { kind };
  if (told['kind'] !== 'nftables') return { kind: 'unknown' };
  const chains = listOf(told['chains']).map((one) => {
    const { family, table, name, file } = recordOf(one);
    const kept = file === '/etc/nftables.conf' ? file : null;
    return { family: textOf(family), table: textOf(table), name: textOf(name), file: kept };
  });
  const isPlain = chains.every(
    ({ family, table, name }) =>
      ['inet', 'ip', 'ip6'].includes(family) && plainName.test(table) && plainName.test(name),
  );
  return isPlain && chains.length > 0 ? { kind: 'nftables', chains } : { kind: 'unknown' };
}

function familyOf(release: string): HostExamination['family'] {
  const words = release.split(/\s+/);
  if (words.some((word) => word === 'debian' || word === 'ubuntu')) return 'debian';
  return words.some((word) => ['rhel', 'fedora', 'centos', 'suse'].includes(word)) ? 'redhat' : null;
}

/** `vm.unprivileged_userfaultfd`; and since Linux 6.1 the device, whose mode says who may. */
function userfaultfdOf(sysctl: string, hasDevice: boolean): HostExamination['userfaultfd'] {
  if (sysctl === '1') return 'everybody';
  if (hasDevice) return 'by-device';
  return sysctl === '0' ? 'root-only' : 'unknown';
}

/** Certificates as they are in their places, each held against the authority of its place. */
export function readCertificates(tls: TlsSettings, told: Told): CertificateFile[] {
  const files = byPath(told['certificates']);
  const keys = byPath(told['keys']);
  const places = certificatePlaces(tls);
  const parsed = new Map(places.map(({ use, path }) => [use, certificateIn(files.get(path)?.['pem'])]));
  return places.map(({ use, path, keyPath }): CertificateFile => {
    const certificate = parsed.get(use) ?? null;
    const authority = parsed.get(`${use.split('-')[0] ?? ''}-ca` as typeof use) ?? null;
    const key = keyPath === null ? undefined : keys.get(keyPath);
    return {
      use,
      path,
      there: thereOf(files.get(path)),
      certificate: certificate === null ? null : factsOf(certificate, use.endsWith('-ca') ? null : authority),
      key:
        keyPath === null
          ? null
          : {
              path: keyPath,
              there: thereOf(key),
              mode: numberOf(key?.['mode']),
              uid: numberOf(key?.['uid']),
              gid: numberOf(key?.['gid']),
            },
    };
  });
}

function certificateIn(pem: unknown): X509Certificate | null {
  try {
    return typeof pem === 'string' && pem !== '' ? new X509Certificate(pem) : null;
  } catch {
    return null;
  }
}

function factsOf(certificate: X509Certificate, authority: X509Certificate | null): CertificateFacts {
  const names = certificate.subjectAltName?.split(', ') ?? [];
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    names: names.slice(0, longest.list).map((name) => textOf(name.replace(/^(?:DNS|IP Address):/, ''))),
    notBefore: certificate.validFromDate.toISOString(),
    notAfter: certificate.validToDate.toISOString(),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    signedByAuthority:
      authority === null
        ? null
        : certificate.checkIssued(authority) && certificate.verify(authority.publicKey),
  };
}

/** How far connections got, in the order in which they were asked for. */
export function readReached(told: Told): ReachedPlace[] {
  return listOf(told['results']).map((one) => readPlace(recordOf(one)));
}

export function readDoor(told: Told): DoorReached {
  return {
    ...readPlace(told),
    welcome: told['welcome'] === true,
    bytesPerSecond: numberOf(told['bytesPerSecond']),
  };
}

function readPlace(told: Told): ReachedPlace {
  return {
    name: textOf(told['name']),
    port: numberOf(told['port']),
    addresses: textsOf(told['addresses']),
    outcome: outcomes.find((one) => one === told['outcome']) ?? 'unreachable',
    ms: numberOf(told['ms']),
    mtu: numberOf(told['mtu']),
  };
}

function byPath(told: unknown): Map<string, Told> {
  return new Map(listOf(told).map((one) => [textOf(recordOf(one)['path']), recordOf(one)]));
}

function thereOf(file: Told | undefined): boolean | null {
  const there = file?.['there'];
  return typeof there === 'boolean' ? there : null;
}

function recordOf(value: unknown): Told {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Told) : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, longest.list) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, longest.text) : '';
}

function textsOf(value: unknown): string[] {
  return listOf(value)
    .map(textOf)
    .filter((text) => text !== '');
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : 0;
}

function oneLine(name: string): string {
  return textOf(name.replaceAll('\n', ', '));
}
