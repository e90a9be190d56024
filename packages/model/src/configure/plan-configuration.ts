import type { CertificateFile, CertificateUse, HostExamination } from '../doctor/host-examination.ts';
import { type DaemonFacts, listens } from './daemon-facts.ts';
import { planRestart, type RestartPlan } from './plan-restart.ts';
import type { Owner } from '../host/host-facts.ts';

/** By which way the other hosts reach a host's libvirtd; `ssh`: its configuration is left alone. */
export type ConfiguredTransport = 'tls' | 'tcp' | 'ssh';

/** What is known of a host that is to be configured. */
export interface ConfigurationFacts {
  readonly examination: HostExamination;
  readonly daemon: DaemonFacts;
  readonly qemuOwner: Owner | null;
}

/** What is wanted of it. */
export interface ConfigurationWanted {
  readonly transport: ConfiguredTransport;
  /** New certificates, though those that are there are good. */
  readonly rotate: boolean;
  /** SHA-256 of the authority's certificate; null: it is still to be made. */
  readonly authority: string | null;
  /** Names and addresses by which it is reached. */
  readonly names: readonly string[];
  /** The time, UTC ISO 8601. */
  readonly at: string;
}

/** What is written to one file of certificates. */
export interface PlannedFile {
  readonly use: CertificateUse;
  readonly part: 'authority' | 'certificate' | 'key';
  readonly path: string;
  readonly mode: number;
  /** Root's is 0. */
  readonly gid: number;
  readonly isNew: boolean;
}

/** One setting of a file of libvirt's. */
export interface PlannedSetting {
  readonly path: string;
  readonly name: string;
  /** As it is written now; null: it is not set. */
  readonly before: string | null;
  readonly after: string;
}

/** What is to be done to a host; all empty: it is as it is wanted. */
export interface ConfigurationPlan {
  /** Why new certificates are made; null: those that are there are kept. */
  readonly because: string | null;
  readonly files: readonly PlannedFile[];
  /** Authorities that somebody else has put there, and that new certificates would take the place of. */
  readonly othersAuthorities: readonly string[];
  readonly settings: readonly PlannedSetting[];
  /** What restarts the daemon, which guests survive; null: nothing has to. */
  readonly restart: RestartPlan | null;
  /** Ports that others must get to, as firewalls write them. */
  readonly ports: readonly string[];
  readonly notes: readonly string[];
}

/** Certificates that end sooner are replaced when a host is configured again. */
const leastLeftMs = 30 * 86_400_000;

/** Says what has to be done so that a host is as it is wanted. Asked again afterwards, it says that nothing has. */
export function planConfiguration(facts: ConfigurationFacts, wanted: ConfigurationWanted): ConfigurationPlan {
  const because = whyNewCertificates(facts.examination.certificates, wanted);
  const files = because === null ? [] : filesOf(facts);
  const othersAuthorities = files.length === 0 ? [] : authoritiesOfOthers(facts, wanted);
  const settings = settingsOf(facts, wanted.transport);
  const isHeard = wanted.transport === 'ssh' || isListening(facts, wanted.transport);
  const servesNew = files.some(({ use }) => use === 'libvirt-server') && wanted.transport === 'tls';
  const restart =
    settings.length > 0 || !isHeard || servesNew
      ? planRestart(facts.daemon, wanted.transport, facts.examination.units)
      : null;
  return {
    because,
    files,
    othersAuthorities,
    settings,
    restart,
    ports: portsOf(facts, wanted.transport),
    notes: notesOf(wanted.transport),
  };
}

/** Uses that each host gets a certificate for; the screens' are QEMU's, unless they have a place of their own. */
const signed: readonly CertificateUse[] = [
  'libvirt-server',
  'libvirt-client',
  'qemu-server',
  'qemu-client',
  'vnc-server',
];
const authorities: readonly CertificateUse[] = ['libvirt-ca', 'qemu-ca', 'vnc-ca'];

function whyNewCertificates(
  files: readonly CertificateFile[],
  { authority, names, rotate, at }: ConfigurationWanted,
): string | null {
  if (rotate) return 'new ones are asked for';
  const of = (use: CertificateUse): CertificateFile | undefined => files.find((file) => file.use === use);
  for (const use of authorities) {
    const there = of(use)?.certificate ?? null;
    if (there === null) return `there is none at ${of(use)?.path ?? use}`;
    if (there.fingerprint !== authority) return `the authority at ${of(use)?.path ?? use} is another one`;
  }
  for (const use of signed) {
    const file = of(use);
    const there = file?.certificate ?? null;
    if (there === null || file?.key?.there === false) return `there is none at ${file?.path ?? use}`;
    if (there.signedByAuthority !== true) return `${file?.path ?? use} is not signed by the authority`;
    if (Date.parse(there.notAfter) - Date.parse(at) < leastLeftMs)
      return `${file?.path ?? use} ends on ${there.notAfter}`;
    const missing = names.filter((name) => !there.names.includes(name));
    if (missing.length > 0) return `${file?.path ?? use} is not good for ${missing.join(', ')}`;
  }
  return null;
}

/** What is there and cannot be read may be anybody's, too. */
function authoritiesOfOthers(
  { examination }: ConfigurationFacts,
  { authority }: ConfigurationWanted,
): string[] {
  const paths = examination.certificates.flatMap(({ use, path, there, certificate }) =>
    authorities.includes(use) && there === true && certificate?.fingerprint !== authority ? [path] : [],
  );
  return [...new Set(paths)];
}

/** Each path once: several uses have the same where they have no place of their own. */
function filesOf({ examination, qemuOwner }: ConfigurationFacts): PlannedFile[] {
  const planned = examination.certificates.flatMap(({ use, path, there, key }): PlannedFile[] => {
    const part = use.endsWith('-ca') ? ('authority' as const) : ('certificate' as const);
    const certificate = { use, part, path, mode: 0o644, gid: 0, isNew: there !== true };
    if (key === null) return [certificate];
    // QEMU reads its key as its own user, libvirtd as root.
    const isQemus = !use.startsWith('libvirt');
    const [mode, gid] = isQemus && qemuOwner !== null ? [0o640, qemuOwner.gid] : [0o600, 0];
    return [certificate, { use, part: 'key', path: key.path, mode, gid, isNew: key.there !== true }];
  });
  return [...new Map(planned.map((file) => [file.path, file])).values()];
}

/** With systemd's sockets it is the socket that listens: settings of where to are ignored then, and not changed. */
function settingsOf(
  { examination, daemon }: ConfigurationFacts,
  transport: ConfiguredTransport,
): PlannedSetting[] {
  if (transport === 'ssh') return [];
  if (daemon.kind === 'sockets')
    return transport === 'tcp' ? changed(examination, { auth_tcp: '"none"' }) : [];
  return changed(
    examination,
    transport === 'tls'
      ? { listen_tls: '1', listen_tcp: examination.settings.libvirtd?.['listen_tcp'] ?? '0' }
      : {
          listen_tcp: '1',
          auth_tcp: '"none"',
          listen_tls: examination.settings.libvirtd?.['listen_tls'] ?? '0',
        },
  );
}

function changed({ settings }: HostExamination, wanted: Readonly<Record<string, string>>): PlannedSetting[] {
  return Object.entries(wanted).flatMap(([name, after]) => {
    const before = settings.libvirtd?.[name] ?? null;
    return before === after ? [] : [{ path: settings.listener, name, before, after }];
  });
}

function isListening({ examination, daemon }: ConfigurationFacts, transport: 'tls' | 'tcp'): boolean {
  if (daemon.kind === 'service') return true;
  // virtproxyd knows no --listen: by its settings it listens, or does not.
  if (daemon.kind === 'process') return daemon.program === 'virtproxyd' || listens(daemon.argv);
  return examination.units?.[`${daemon.program}-${transport}.socket`]?.active === 'active';
}

function portsOf(
  { examination: { settings } }: ConfigurationFacts,
  transport: ConfiguredTransport,
): string[] {
  const first = settings.qemu?.['migration_port_min'] ?? '49152';
  const last = settings.qemu?.['migration_port_max'] ?? '49215';
  const own = { tls: ['16514/tcp'], tcp: ['16509/tcp'], ssh: ['22/tcp'] }[transport];
  return [...own, `${first}-${last}/tcp`];
}

function notesOf(transport: ConfiguredTransport): string[] {
  return transport === 'tcp'
    ? ['TCP without authentication is for labs alone: whoever reaches port 16509 is root on this host']
    : [];
}
