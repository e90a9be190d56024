import {
  type PlacesOnHost,
  shownDirectories,
  whyLeftAlone,
  whyNeverTouched,
} from '../storage/allowed-directories.ts';
import { bothKinds, type Check } from './check-input.ts';
import { type Finding, passed, refused } from './finding.ts';
import { directoryOf } from './show-values.ts';

const code = 'directory-allowed';

/** Files are written, read and listed only where guests may have files. */
export const directoryAllowedCheck: Check = {
  code,
  about: 'files of the guest stand in directories that are allowed for guests, on both hosts',
  kinds: bothKinds,
  judge: ({ places }) => placesFindings(places),
};

/** Every file that is left alone, each with what is allowed there and what to do. */
export function placesFindings(places: readonly PlacesOnHost[]): Finding[] {
  const findings = places.flatMap(({ host, allowed, files }) =>
    files.flatMap(({ what, path, use, isDirectory = false }) => {
      const judged = isDirectory ? `${path}/any` : path;
      const why = whyLeftAlone(judged, use, allowed);
      if (why === null) return [];
      const directory = directoryOf(judged);
      const compared = { host, path, directory, allowed: shownDirectories(allowed) };
      const message = `${what}: Ferry leaves ${path} on "${host}" alone: ${why}`;
      return [
        refused(code, message, compared, remedyFor(host, directory, whyNeverTouched(judged, use) !== null)),
      ];
    }),
  );
  if (findings.length > 0) return findings;
  const files = places.reduce((sum, one) => sum + one.files.length, 0);
  return [passed(code, 'all files stand where guests may have files', { files })];
}

function remedyFor(host: string, directory: string, never: boolean): string {
  return never
    ? 'Nobody can allow that directory: have the file in another one, or name another one on the target with --map-path.'
    : `If guests may have files there, an admin says so: ferry host set ${host} --allow-directory ${directory}. Else name a directory that is allowed with --map-path, or define a storage pool there.`;
}
