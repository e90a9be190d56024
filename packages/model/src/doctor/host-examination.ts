/** What a host's own shell tells of it, where libvirt does not. Nothing on the host is changed to learn it. */
export interface HostExamination {
  /** How far its clock is ahead of the controller's, and by how much that can be wrong; milliseconds. */
  readonly clock: { readonly aheadMs: number; readonly uncertaintyMs: number };
  readonly hostname: string;
  /** What its own host name leads to, asked on the host itself. */
  readonly ownAddresses: readonly string[];
  /** Those of its devices, without its loopback. */
  readonly addresses: readonly string[];
  /** systemd's /etc/machine-id; empty where there is none. */
  readonly machineId: string;
  /** Whose packages it has, for remedies; null: neither's. */
  readonly family: 'debian' | 'redhat' | null;
  /** Who may have page faults handled by a program, which post-copy takes. */
  readonly userfaultfd: 'everybody' | 'root-only' | 'by-device' | 'unknown';
  /** Those of systemd's units that were asked for and are there; null: systemd does not run. */
  readonly units: Readonly<Record<string, UnitState>> | null;
  /** Which of the programs that were asked for run. */
  readonly processes: readonly string[];
  /** Settings of qemu.conf and libvirtd.conf that were asked for, as they are written; null: the file cannot be read. */
  readonly settings: {
    readonly qemu: Readonly<Record<string, string>> | null;
    /** Of the daemon that others reach. */
    readonly libvirtd: Readonly<Record<string, string>> | null;
    /** The file of that one: virtproxyd's where libvirt runs in parts. */
    readonly listener: ListenerFile;
  };
  readonly certificates: readonly CertificateFile[];
  /** What lets connections in, or does not. */
  readonly firewall: FirewallFacts;
  /** TCP ports that something listens at; null: it did not tell. */
  readonly listening: readonly number[] | null;
}

/** Where it is set how others reach libvirt. */
export type ListenerFile = '/etc/libvirt/libvirtd.conf' | '/etc/libvirt/virtproxyd.conf';

/** Who decides what comes in, of those that are known. */
export type FirewallFacts =
  | { readonly kind: 'firewalld' }
  | { readonly kind: 'ufw' }
  /** Rules that nobody known looks after: chains that see what comes in, and turn something of it away. */
  | { readonly kind: 'nftables'; readonly chains: readonly FirewallChain[] }
  /** Nothing is turned away. */
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown' };

/** A chain of nftables that sees what comes in. */
export interface FirewallChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  /** The file from which its table is loaded when the host starts; null: it is in none that is known. */
  readonly file: string | null;
}

/** What certificates are looked for by. */
export interface TlsSettings {
  readonly qemu: HostExamination['settings']['qemu'];
  readonly libvirtd: HostExamination['settings']['libvirtd'];
  /** Those of `tlsDirectories` that are there. */
  readonly directories: readonly string[];
}

/** A unit of systemd, in its words: `active`, `inactive`, …; `enabled`, `disabled`, `masked`, … */
export interface UnitState {
  readonly active: string;
  readonly enabled: string;
}

/** What certificates of a host are for. */
export type CertificateUse =
  | 'libvirt-ca'
  | 'libvirt-server'
  | 'libvirt-client'
  | 'qemu-ca'
  | 'qemu-server'
  | 'qemu-client'
  | 'vnc-ca'
  | 'vnc-server';

/** A file in which a certificate is looked for, and the file of its key. */
export interface CertificateFile {
  readonly use: CertificateUse;
  readonly path: string;
  /** Null: the shell's user may not look. */
  readonly there: boolean | null;
  /** Null: there is none, or it cannot be read. */
  readonly certificate: CertificateFacts | null;
  /** Its key, where one belongs to it. */
  readonly key: KeyFile | null;
}

/** A private key, of which nothing but its place is looked at. */
export interface KeyFile {
  readonly path: string;
  /** Null: the shell's user may not look. */
  readonly there: boolean | null;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** What stands in a certificate. Times are UTC ISO 8601. */
export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  /** Names and addresses that it is good for. */
  readonly names: readonly string[];
  readonly notBefore: string;
  readonly notAfter: string;
  /** SHA-256 of the certificate, in hexadecimal digits. */
  readonly fingerprint: string;
  /** Whether the authority of the same place has signed it; null: that one is not there. */
  readonly signedByAuthority: boolean | null;
}

/** How far a connection from one host to another got. */
export interface ReachedPlace {
  readonly name: string;
  readonly port: number;
  /** What the name leads to there. */
  readonly addresses: readonly string[];
  readonly outcome: 'open' | 'refused' | 'silent' | 'unreachable' | 'unresolved';
  /** How long the connection took, milliseconds; 0 where there was none. */
  readonly ms: number;
  /** What the route lets through in one piece, bytes; 0: not told. */
  readonly mtu: number;
}

/** What came of a connection to a port that the other host had opened for it. */
export interface DoorReached extends ReachedPlace {
  /** It was the other host that answered. */
  readonly welcome: boolean;
  /** What the way carried; 0: not measured. */
  readonly bytesPerSecond: number;
}
