import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { LabError } from './lab-error.ts';

/** Debian packages that the machine itself needs: what the lab is made with, and what reaches into it: virsh, ssh and TLS; and the database of several controllers. */
export const machinePackages: readonly string[] = [
  'mmdebstrap',
  'iproute2',
  'nftables',
  'cpio',
  'lz4',
  'gcc',
  'libc6-dev',
  'procps',
  'util-linux',
  'libvirt-clients',
  'openssh-client',
  'openssl',
  'postgresql',
];

/**
 * Releases of Debian that a host can be: trixie has libvirt 11.3 and QEMU 10.0, bookworm libvirt 9.0 and QEMU 7.2, and
 * trixie-backports, which is trixie with what is newer there, the versions of the day: 12.9 and 11.1 in November 2026.
 */
export type Release = 'trixie' | 'bookworm' | 'trixie-backports';
export const releases: readonly Release[] = ['trixie', 'bookworm', 'trixie-backports'];
/** What a host is when nothing else is said (see `releaseOfHosts`), and what guests are made with: bookworm's QEMU 7.2 damages software-emulated guests in live migration. */
export const defaultRelease: Release = 'trixie';

/** What hosts are that are asked for without a release: `FERRY_LAB_RELEASE`, to have whatever uses the lab run on another one. */
export function releaseOfHosts(wanted: string | undefined = process.env['FERRY_LAB_RELEASE']): Release {
  if (wanted === undefined || wanted === '') return defaultRelease;
  const release = releases.find((one) => one === wanted);
  if (release !== undefined) return release;
  throw new LabError(`FERRY_LAB_RELEASE is "${wanted}", and a host can be ${releases.join(', ')}`);
}

/** Packages of each host: hypervisor, what can be put between it and a client (ssh, SASL), and libvirt's Python binding as a yardstick. */
const hostPackages: readonly string[] = [
  'libvirt-daemon',
  'libvirt-daemon-driver-qemu',
  'libvirt-daemon-system',
  'libvirt-daemon-config-nwfilter',
  'libvirt-clients',
  'qemu-system-x86',
  'qemu-utils',
  'qemu-block-extra',
  'iproute2',
  'nftables',
  'ebtables',
  'iptables',
  'socat',
  'netcat-openbsd',
  'procps',
  'zstd',
  'openssh-client',
  'openssh-server',
  'rsync',
  'openssl',
  'libsasl2-modules',
  'sasl2-bin',
  'python3-libvirt',
];
/** What trixie split libvirt into. */
const splitLibvirt: readonly string[] = [
  'libvirt-daemon-driver-storage-disk',
  // Pools of logical units that QEMU opens by itself: the one kind beside directories that needs nothing of the kernel.
  'libvirt-daemon-driver-storage-iscsi-direct',
  'libvirt-daemon-lock',
  'libvirt-daemon-log',
  'libvirt-daemon-plugin-lockd',
];
/** What only one release has. */
const packagesOf: Readonly<Record<Release, readonly string[]>> = {
  trixie: [
    ...splitLibvirt,
    // Storage that is served to other hosts, all of it outside of the kernel.
    'tgt',
    'nfs-ganesha',
    'nfs-ganesha-vfs',
    'rpcbind',
    // A directory through a file system whose locks end at the host.
    'bindfs',
    // A switch for guests, outside of the kernel as well.
    'openvswitch-switch',
    'ethtool',
  ],
  bookworm: [],
  'trixie-backports': splitLibvirt,
};

/** Where everything that is made once is kept, outside of any work tree. */
export const cacheDirectory: string = process.env['FERRY_LAB_CACHE'] ?? '/var/cache/ferry-lab';

/** How the root of a release is made, and where it is kept. */
export interface Recipe {
  readonly release: Release;
  /** Suites of Debian's archive; each package comes from the last one that has it. */
  readonly suites: readonly string[];
  readonly packages: readonly string[];
  readonly rootDirectory: string;
  /** What libvirt found out about QEMU, kept so that later hosts need not ask again. */
  readonly capabilityCache: string;
}

/** The recipe of a release. */
export function recipeOf(release: Release): Recipe {
  const packages = [...hostPackages, ...packagesOf[release]];
  const hash = hashOfRecipe(release, packages);
  return {
    release,
    suites: release === 'trixie-backports' ? ['trixie', release] : [release],
    packages,
    rootDirectory: join(cacheDirectory, `root-${release}-${hash}`),
    capabilityCache: join(cacheDirectory, `capabilities-${release}-${hash}`),
  };
}

/** Changes with everything that goes into the root, so that an old one is not taken for a new one. */
export function hashOfRecipe(release: string, packages: readonly string[]): string {
  const text = JSON.stringify([1, release, packages]);
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
