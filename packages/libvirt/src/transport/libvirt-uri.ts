/** Which of a host's daemons is meant: libvirtd, the driver's own (virtqemud, …), or the one that is there. */
export type DaemonMode = 'legacy' | 'direct' | 'auto';

/** What carries the bytes on the far side of ssh: libvirt's virt-ssh-helper, netcat, or the first if it is there. */
export type SshProxy = 'auto' | 'netcat' | 'native';

/** An authentication that the URI insists on. */
export type UriAuth =
  | { readonly kind: 'none' }
  | { readonly kind: 'polkit' }
  | { readonly kind: 'sasl'; readonly mechanism: string | null };

/** Where a daemon is and how it is reached. What is null was not said. */
export type Address =
  | { readonly kind: 'unix'; readonly socket: string | null }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | TlsAddress
  | SshAddress
  /** A program of this machine whose standard input and output lead to the daemon. */
  | { readonly kind: 'ext'; readonly command: string };

export interface TlsAddress {
  readonly kind: 'tls';
  readonly host: string;
  readonly port: number;
  /** Directory of cacert.pem, clientcert.pem and clientkey.pem. */
  readonly pkipath: string | null;
  /** False with `no_verify`. */
  readonly verify: boolean;
}

export interface SshAddress {
  readonly kind: 'ssh';
  readonly host: string;
  readonly port: number | null;
  readonly user: string | null;
  /** The program that is run in place of `ssh`. */
  readonly command: string | null;
  readonly keyfile: string | null;
  /** The daemon's socket on the far side. */
  readonly socket: string | null;
  readonly netcat: string | null;
  /** Never ask a person. */
  readonly noTty: boolean;
  readonly knownHosts: string | null;
  /** Which host keys are believed: those that ssh knows, new ones too, or any. */
  readonly hostKeys: 'known' | 'accept-new' | 'any';
  /** OpenSSH's names of methods, in order; null for ssh's own choice. */
  readonly methods: readonly string[] | null;
  /** What virt-ssh-helper is asked for: the driver's URI with `mode` and `socket`. */
  readonly helperUri: string;
}

/** What a libvirt URI says. */
export interface LibvirtUri {
  readonly address: Address;
  /** `qemu`, `test`, …; null when the daemon shall choose. */
  readonly driver: string | null;
  /** Whether a user who is not root means a daemon of their own: `/session`, and the test driver. */
  readonly session: boolean;
  /** What the daemon is asked to open, for example `qemu:///system`; empty when it shall choose. */
  readonly driverUri: string;
  readonly user: string | null;
  readonly auth: UriAuth | null;
  /** The file with credentials, in place of auth.conf. */
  readonly authfile: string | null;
  readonly mode: DaemonMode;
  readonly proxy: SshProxy;
}

/** Settings of libvirt.conf that hold where a URI says nothing. */
export interface UriDefaults {
  readonly mode?: DaemonMode | undefined;
  readonly proxy?: SshProxy | undefined;
  readonly tlsPriority?: string | undefined;
}
