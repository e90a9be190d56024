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
