import type { Part } from './part.ts';

/** Of the parts those that prove something that is among the changed files, or of which a test file is. */
export function touchedParts(
  parts: readonly Part[],
  changed: readonly string[],
  closureOf: (paths: readonly string[]) => ReadonlySet<string>,
): Part[] {
  return parts.filter((part) => {
    const proved = closureOf(part.proves);
    return changed.some((file) => part.files.includes(file) || (proved.has(file) && !isTest(file)));
  });
}

function isTest(file: string): boolean {
  return /\.test(-support)?\.ts$/.test(file);
}
