import type { AllowedDirectories, PathUse } from './allowed-directories.ts';

/** What a move would do to files of one host, and where guests may have files there. */
export interface PlacesOnHost {
  readonly host: string;
  readonly allowed: AllowedDirectories;
  readonly files: readonly {
    /** What of the guest names it: `disk vda`. */
    readonly what: string;
    readonly path: string;
    readonly use: PathUse;
    /** The path is a directory, and what is in it is meant. */
    readonly isDirectory?: boolean;
  }[];
}

/**
 * A path as it is elsewhere: by the longest entry of the map that is the path itself or a directory above it; null where
 * there is none. Entries may end with a slash.
 */
export function mappedPath(path: string, map: Readonly<Record<string, string>>): string | null {
  let best: { from: string; to: string } | null = null;
  for (const [entry, target] of Object.entries(map)) {
    const [from, to] = [withoutSlash(entry), withoutSlash(target)];
    if (path !== from && !path.startsWith(`${from}/`)) continue;
    if (best === null || from.length > best.from.length) best = { from, to };
  }
  return best === null ? null : best.to + path.slice(best.from.length);
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}
