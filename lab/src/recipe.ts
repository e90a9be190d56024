import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Debian packages that the machine itself needs. */
export const machinePackages: readonly string[] = [
  'mmdebstrap',
  'iproute2',
  'nftables',
  'cpio',
  'gcc',
  'libc6-dev',
  'procps',
  'util-linux',
];

/** The release that the hosts run: its QEMU 10.0 migrates software-emulated guests without damage; bookworm's 7.2 does not. */
export const hostSuite = 'trixie';

/** Packages of each host. */
export const hostPackages: readonly string[] = [
  'libvirt-daemon',
  'libvirt-daemon-driver-qemu',
  'libvirt-daemon-driver-storage-disk',
  'libvirt-daemon-system',
  'libvirt-daemon-lock',
  'libvirt-daemon-log',
  'libvirt-daemon-plugin-lockd',
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
];

/** Changes with everything that goes into the root, so that an old one is not taken for a new one. */
export function hashOfRecipe(suite: string, packages: readonly string[]): string {
  const text = JSON.stringify([1, suite, packages]);
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

export const recipeHash: string = hashOfRecipe(hostSuite, hostPackages);

/** Where everything that is made once is kept, outside of any work tree. */
export const cacheDirectory: string = process.env['FERRY_LAB_CACHE'] ?? '/var/cache/ferry-lab';
export const rootDirectory: string = join(cacheDirectory, `root-${recipeHash}`);
/** What libvirt found out about QEMU, kept so that later hosts need not ask again. */
export const capabilityCache: string = join(cacheDirectory, `capabilities-${recipeHash}`);
