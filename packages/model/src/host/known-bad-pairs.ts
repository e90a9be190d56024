/** Versions from one on, below another; versions count as libvirt counts them: 11.3.0 is 11003000. */
interface Versions {
  readonly from: number;
  readonly below: number;
}

/** Two versions of QEMU of which the newer does not take a running guest from the older, as it was measured. */
export interface KnownBadPair {
  readonly source: Versions;
  readonly target: Versions;
  /** What happens, for people. */
  readonly harm: string;
}

/** All that is known. A pair that is not named has not been seen to fail. */
const knownBadPairs: readonly KnownBadPair[] = [
  {
    // Debian's 10.0.13+ds-0+deb13u1 and 11.1.3+ds-1~bpo13+1: `VQ 0 vring.num 1024 exceeds allocated max 256`. Disks, SCSI
    // controllers and balloons of virtio, i440fx and q35, at once after the start and later, after a move within 10.0.13 and
    // after a reset. A guest without virtio is taken, and so are ones that were started by 11.1.3 (there and back) or 7.2.22.
    source: { from: 10_000_013, below: 10_001_000 },
    target: { from: 11_001_000, below: 11_002_000 },
    harm: 'a guest with virtio devices that was started by the former is not taken by the latter, and runs on at the source (measured: 10 of 10 moves)',
  },
];

/** What is known against a live move from one version of QEMU to another; null: nothing. */
export function knownBadPair(source: number, target: number): KnownBadPair | null {
  return knownBadPairs.find((one) => within(source, one.source) && within(target, one.target)) ?? null;
}

function within(version: number, { from, below }: Versions): boolean {
  return version >= from && version < below;
}
