/** What a version can do harm in. */
export type KnownUse =
  | 'post-copy-resume'
  | 'emulated-memory'
  | 'cpu-threads'
  | 'shared-tpm'
  | 'encrypted-transfer'
  | 'encrypted-parallel-disks';

/** A version of a program that does harm in one use. Versions count as libvirt counts them: 11.3.0 is 11003000. */
interface KnownBadVersion {
  readonly program: 'libvirt' | 'QEMU';
  /** The first bad one. */
  readonly from: number;
  /** The first one after it of which that is not known. */
  readonly below: number;
  readonly use: KnownUse;
  /** Which side of a move has to be that version; null: either. */
  readonly side: 'source' | 'target' | null;
  /** What happens, for people. */
  readonly harm: string;
  /** Where it is told or was measured. */
  readonly source: string;
  /** Whether Debian's package of such a version has the fix, as far as its changelog says. */
  readonly debian: string;
  /** A later one that was measured to do it well; those in between were not tried. Null: none was. */
  readonly sound: { readonly from: number; readonly measured: string } | null;
}

/** All that is known. A version that is not named has not been tried, and nobody has told of it. */
export const knownBadVersions: readonly KnownBadVersion[] = [
  {
    program: 'libvirt',
    from: 11_002_000,
    below: 11_004_000,
    use: 'post-copy-resume',
    side: null,
    harm: "the target's libvirtd crashes when a broken post-copy migration is to be resumed (measured with 11.3.0: 6 of 6 times)",
    source: 'measured with 11.3.0; NEWS of libvirt 11.4.0: a regression of 11.2.0',
    debian: '11.3.0-3+deb13u3 has no fix',
    // Debian's 12.9.0-1~bpo13+1 on both sides, with QEMU 11.1.3: after `domjobabort --postcopy` (3), connections that ended
    // on both sides (11) or on one (2), and a restart of either libvirtd or both meanwhile (3). The guest had its memory, and
    // no libvirtd ended. Broken right after it began, QEMU's main loop now and then waits for a page and tells nothing (4 of 17).
    // After a restart of the target's, the call once failed while the hosts went on and came to the end.
    sound: { from: 12_009_000, measured: '19 of 19 times, with QEMU 11.1.3' },
  },
  {
    program: 'QEMU',
    from: 0,
    // Fix 03bfc2188f (physmem: dirty bits of emulated CPUs).
    below: 9_000_000,
    use: 'emulated-memory',
    side: 'source',
    harm: 'pages of an emulated (TCG) guest are lost while libvirt reports success (measured: 4 of 4 busy guests panicked)',
    source: 'measured with 7.2; fixed by QEMU commit 03bfc2188f in 9.0',
    debian: 'bookworm (7.2) has no fix',
    sound: { from: 10_000_013, measured: 'no page was lost in 16 of 16 moves' },
  },
  {
    program: 'libvirt',
    from: 0,
    below: 11_010_000,
    use: 'cpu-threads',
    side: 'target',
    harm: 'a guest whose processors have threads is not taken by QEMU 10.0 or later ("extra features: ht"), and runs on at the source',
    source: 'NEWS of libvirt 11.10.0',
    debian: '11.3.0-3+deb13u3: its changelog names no fix',
    sound: null,
  },
  {
    program: 'libvirt',
    from: 0,
    below: 12_000_000,
    use: 'shared-tpm',
    side: null,
    harm: 'the state of an emulated TPM in a directory that both hosts share may be taken from the guest, or the move refused though it could be done',
    source: 'NEWS of libvirt 12.0.0',
    debian: '11.3.0-3+deb13u3: its changelog names no fix',
    sound: null,
  },
  {
    program: 'libvirt',
    from: 0,
    below: 11_006_000,
    use: 'encrypted-transfer',
    side: 'source',
    harm: "the source's QEMU may crash in a long transfer over TLS (GnuTLS), and the guest with it",
    source: 'NEWS of libvirt 11.6.0, which lets the priority of TLS be set in its place',
    debian: '11.3.0-3+deb13u3 has no such setting',
    sound: null,
  },
  {
    program: 'libvirt',
    from: 0,
    below: 10_003_000,
    use: 'encrypted-parallel-disks',
    side: null,
    harm: "a transfer over TLS on parallel connections that copies disks fails at the check of the host's name",
    source: 'NEWS of libvirt 10.3.0',
    debian: 'bookworm (9.0) has no fix',
    sound: null,
  },
];

/** What was measured of a version, or of an earlier one, that does well in a use where others do harm; null: it was not tried. */
export function knownSound(
  program: KnownBadVersion['program'],
  version: number,
  use: KnownUse,
): string | null {
  const tried = knownBadVersions.find(
    (one) => one.program === program && one.use === use && one.sound !== null && version >= one.sound.from,
  );
  return tried?.sound?.measured ?? null;
}

/** What is known against a version in a use; null: nothing. */
export function knownBad(
  program: KnownBadVersion['program'],
  version: number,
  use: KnownUse,
): KnownBadVersion | null {
  return (
    knownBadVersions.find(
      (one) => one.program === program && one.use === use && version >= one.from && version < one.below,
    ) ?? null
  );
}

/** Versions from one on, below another; versions count as libvirt counts them: 11.3.0 is 11003000. */
interface Versions {
  readonly from: number;
  readonly below: number;
}

/** Two versions of QEMU of which the newer does not take a running guest from the older, as it was measured. */
interface KnownBadPair {
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
