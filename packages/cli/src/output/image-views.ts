import type { ImageBody } from '@ferry/api';
import { formatTable } from './table.ts';
import { formatBytes } from './units.ts';

/** As much of a digest as tells two apart at a glance; all of it is in the other forms of output. */
const shownDigits = 12;

/** Base images, a line each. */
export function formatImages(images: readonly ImageBody[]): string {
  if (images.length === 0) return 'No base images: no disk stands on another file there.';
  return formatTable(
    [
      { heading: 'HOST' },
      { heading: 'PATH' },
      { heading: 'TAKES', align: 'right' },
      { heading: 'DIGEST' },
      { heading: 'ORIGIN' },
      { heading: 'USED BY' },
    ],
    images.map((one) => [
      one.host,
      one.path,
      formatBytes(one.allocationBytes),
      one.digest?.slice(0, shownDigits) ?? 'not read yet',
      one.brought === null ? 'found' : `brought ${one.brought.at.slice(0, 10)}`,
      usersOf(one),
    ]),
  );
}

function usersOf({ users, overlays }: ImageBody): string {
  const names = [...users.map(({ name }) => name), ...overlays.map((path) => `${path} (of no domain)`)];
  return names.length === 0 ? 'nothing' : names.join(', ');
}
