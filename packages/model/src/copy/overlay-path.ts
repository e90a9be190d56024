/** Ferry makes no more overlays than that on one disk: a guest that writes faster than is copied has no end otherwise. */
export const mostOverlays = 6;

/**
 * Where a disk's overlay of a round stands: beside the image, with a name that tells whose it is. Rounds count from 1; the
 * first overlay stands on the image itself, each next one on the one before.
 */
export function overlayPath(imagePath: string, migrationId: string, round: number): string {
  const slash = imagePath.lastIndexOf('/') + 1;
  return `${imagePath.slice(0, slash)}.${imagePath.slice(slash)}.ferry-${migrationId}.${round}`;
}

/** All paths at which a migration may have made overlays of a disk. */
export function overlayPaths(imagePath: string, migrationId: string): string[] {
  return Array.from({ length: mostOverlays }, (_, index) => overlayPath(imagePath, migrationId, index + 1));
}
