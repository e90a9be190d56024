/** Where files of guests may be on one host. Paths are the host's, without a slash at their end. */
export interface AllowedDirectories {
  /** With all that is below them: what an admin allowed, and directories of defined pools. */
  readonly whole: readonly string[];
  /** The directory itself and nothing below it: where files of guests lie already. */
  readonly exact: readonly string[];
  /** Files and directories beside disks that its guests name themselves: those are read, and nothing else there. */
  readonly named: readonly string[];
  /** What of the host could not be read, and would perhaps allow more. */
  readonly unread: readonly string[];
}

/**
 * What is done to a path. `write`: something new is put there. `read`: it is looked at or read. `device`: a block device is
 * read or written, or a file that is there already. `remove`: what Ferry put there goes.
 */
export type PathUse = 'write' | 'read' | 'device' | 'remove';

/**
 * Directories in which no guest has files, whoever says so: the system's programs and settings, its kernels' views, root's own,
 * and jobs that a daemon runs. In those that everybody may write to (`/tmp`), a local user of the host can put a link in
 * place of a file before libvirt, which is root, writes it.
 */
const never: readonly RegExp[] = [
  /^\/(?:etc|usr|bin|sbin|lib(?:32|64|x32|exec)?|boot|proc|sys|dev|root|run|tmp)(?:\/|$)/,
  /^\/var\/(?:run|lock|tmp|spool\/cron|spool\/at|spool\/atjobs)(?:\/|$)/,
  /^\/home\/[^/]+\/\./,
];

/** What packages install for all to read: firmware, ROMs, kernels, media of drivers. Read and compared, never written. */
const readable = /^\/(?:usr|boot)\//;
/** Devices, and not the file systems in memory that are mounted among them. */
const devices = /^\/dev\/(?!shm(?:\/|$)|mqueue(?:\/|$)|hugepages(?:\/|$))/;

/** One slash at a time, none at the end, and no `.`; null for what does not begin at the root or goes by `..`. */
export function plainPath(path: string): string | null {
  if (!path.startsWith('/') || path.includes('\0')) return null;
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return parts.includes('..') ? null : `/${parts.join('/')}`;
}

/** Why no guest has files in a directory, whatever anybody says; null: an admin may allow it. */
export function whyNeverAllowed(directory: string): string | null {
  const plain = plainPath(directory);
  if (plain === null)
    return `${directory} does not begin at the root or goes by "..", which leads elsewhere where a directory is a link`;
  if (plain === '/') return 'the root of the file system holds the system itself';
  return never.some((one) => one.test(plain))
    ? `${plain} belongs to the system of the host, or everybody may write to it: no guest has its files there`
    : null;
}

/** Why a file at that path is left alone; null: it is not. */
export function whyLeftAlone(path: string, use: PathUse, allowed: AllowedDirectories): string | null {
  const early = whyNeverTouched(path, use);
  if (early !== null || isFreelyUsed(path, use)) return early;
  const plain = plainPath(path) ?? path;
  const directory = parentOf(plain);
  if (allowed.exact.includes(directory)) return null;
  if (allowed.whole.some((one) => isWithin(plain, one))) return null;
  if (use === 'read' && (allowed.named.includes(plain) || allowed.named.includes(directory))) return null;
  const unread = allowed.unread.length === 0 ? '' : ` (could not be read: ${allowed.unread.join('; ')})`;
  return `${directory} is no directory where guests have files there; such are ${shownDirectories(allowed)}${unread}`;
}

/** The part of it that takes nothing of the host to know. */
export function whyNeverTouched(path: string, use: PathUse): string | null {
  const plain = plainPath(path);
  if (plain !== null && isFreelyRead(plain, use)) return null;
  return (
    whyNeverAllowed(plain === null ? path : parentOf(plain)) ??
    (plain === null ? null : whyNeverAllowed(plain))
  );
}

/** Whether it takes no directory that is allowed. */
export function isFreelyUsed(path: string, use: PathUse): boolean {
  const plain = plainPath(path);
  return plain !== null && (use === 'remove' || isFreelyRead(plain, use));
}

/** Directories as they are told, the first dozen. */
export function shownDirectories({ whole, exact }: AllowedDirectories): string {
  const all = [...new Set([...whole, ...exact])].filter((one) => whyNeverAllowed(one) === null).toSorted();
  const shown = all.slice(0, 12).join(', ');
  return all.length > 12 ? `${shown} and ${all.length - 12} more` : shown === '' ? 'none' : shown;
}

function isFreelyRead(plain: string, use: PathUse): boolean {
  if (devices.test(plain)) return use === 'device' || use === 'read';
  return use === 'read' && readable.test(plain);
}

function isWithin(path: string, directory: string): boolean {
  const plain = plainPath(directory);
  return plain !== null && plain !== '/' && path.startsWith(`${plain}/`);
}

function parentOf(plain: string): string {
  const end = plain.lastIndexOf('/');
  return end <= 0 ? '/' : plain.slice(0, end);
}

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
