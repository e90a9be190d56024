/** Of a disk that does not stand on what it was given: what was compared, who can have done it, and what to do. */
export function describeMisplaced(disk: string, top: string | undefined, wanted: string): string {
  const act =
    top === undefined
      ? `somebody has taken it out (virsh detach-disk); give it back (virsh attach-disk)`
      : `somebody has changed what it stands on (virsh snapshot-create, blockcommit, blockcopy); take that back`;
  return `disk ${disk} stands on ${top ?? 'no file'}, and should on ${wanted}, or on an overlay of this migration: ${act}, and this goes on`;
}
