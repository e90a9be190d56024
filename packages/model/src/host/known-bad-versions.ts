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
}

/** All that is known. A version that is not named has not been seen to do harm. */
const knownBadVersions: readonly KnownBadVersion[] = [
  {
    program: 'libvirt',
    from: 11_003_000,
    below: 11_004_000,
    use: 'post-copy-resume',
    harm: "the target's libvirtd crashes when a broken post-copy migration is to be resumed (measured: 6 of 6 times)",
  },
  {
    program: 'QEMU',
    from: 0,
    // Fix 03bfc2188f (physmem: dirty bits of emulated CPUs).
    below: 9_000_000,
    use: 'emulated-memory',
    harm: 'pages of an emulated (TCG) guest are lost while libvirt reports success (measured: 4 of 4 busy guests panicked)',
  },
];

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
