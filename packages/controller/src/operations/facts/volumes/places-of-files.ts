import { mappedPath, type StorageSettings } from '@ferry/model';

/** Where files beside the disks are on the target, by their path at the source, where it is another. */
export function placesOfFiles(files: readonly string[], { paths }: StorageSettings): Record<string, string> {
  const moved = files.flatMap((path) => {
    const there = mappedPath(path, paths);
    return there === null || there === path ? [] : [[path, there] as const];
  });
  return Object.fromEntries(moved);
}
