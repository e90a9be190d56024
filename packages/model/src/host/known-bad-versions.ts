/** A version of a program that does harm in one use, as it was measured. Versions count as libvirt counts them: 11.3.0 is 11003000. */
export interface KnownBadVersion {
  readonly program: 'libvirt' | 'QEMU';
  /** The first bad one. */
  readonly from: number;
  /** The first one after it of which that is not known. */
  readonly below: number;
  readonly use: 'post-copy-resume' | 'emulated-memory';
  /** What happens, for people. */
  readonly harm: string;
  /** A later one that was measured to do it well; those in between were not tried. */
  readonly sound: { readonly from: number; readonly measured: string };
}

/** All that is known. A version that is not named has not been tried. */
const knownBadVersions: readonly KnownBadVersion[] = [
  {
    program: 'libvirt',
    from: 11_003_000,
    below: 11_004_000,
    use: 'post-copy-resume',
    harm: "the target's libvirtd crashes when a broken post-copy migration is to be resumed (measured: 6 of 6 times)",
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
    harm: 'pages of an emulated (TCG) guest are lost while libvirt reports success (measured: 4 of 4 busy guests panicked)',
    sound: { from: 10_000_013, measured: 'no page was lost in 16 of 16 moves' },
  },
];

/** What was measured of a version, or of an earlier one, that does well in a use where others do harm; null: it was not tried. */
export function knownSound(
  program: KnownBadVersion['program'],
  version: number,
  use: KnownBadVersion['use'],
): string | null {
  const tried = knownBadVersions.find(
    (one) => one.program === program && one.use === use && version >= one.sound.from,
  );
  return tried?.sound.measured ?? null;
}

/** What is known against a version in a use; null: nothing. */
export function knownBad(
  program: KnownBadVersion['program'],
  version: number,
  use: KnownBadVersion['use'],
): KnownBadVersion | null {
  return (
    knownBadVersions.find(
      (one) => one.program === program && one.use === use && version >= one.from && version < one.below,
    ) ?? null
  );
}
