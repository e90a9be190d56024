/**
 * How a domain has a file. `writes`: as a disk; `reads`: as a medium or a disk that is only read; `stands-on`: a disk of its
 * stands on it; `names`: in some other place of its description; `shares`: it lies in a directory that the guest shares.
 */
export type FileUse = 'writes' | 'reads' | 'stands-on' | 'names' | 'shares';

/** Somebody who has a file, other than the one who asks. */
export type FileUser =
  | {
      readonly kind: 'domain';
      readonly id: string;
      readonly name: string;
      readonly host: string;
      /** It has a process now. */
      readonly alive: boolean;
      readonly use: FileUse;
    }
  /** An image that no domain has stands on it. */
  | { readonly kind: 'image'; readonly path: string; readonly host: string }
  | { readonly kind: 'migration'; readonly id: string; readonly instanceName: string }
  | { readonly kind: 'volume'; readonly id: string; readonly name: string };

/** All that is known of who has one file of a host. */
export interface FileNaming {
  readonly host: string;
  readonly path: string;
  readonly users: readonly FileUser[];
  /** What could not be looked at, and why: behind each may be somebody who has it. */
  readonly unknown: readonly string[];
}

/** Whether a file may go; if not, because of whom. */
export type FileVerdict = { readonly kind: 'delete' } | { readonly kind: 'keep'; readonly because: string };

/** A file goes only where it is known that nobody else has it. */
export function judgeDeletion({ users, unknown }: FileNaming): FileVerdict {
  const reasons = [...users.map(describeUser), ...unknown.map((what) => `not known: ${what}`)];
  return reasons.length === 0 ? { kind: 'delete' } : { kind: 'keep', because: reasons.join('; ') };
}

/**
 * Those who write to a file, or will with their next start: what is copied of it would be torn or old, and two would go on
 * with what was one disk.
 */
export function writersOf({ users }: FileNaming): readonly (FileUser & { readonly kind: 'domain' })[] {
  return users.filter((user) => user.kind === 'domain').filter(({ use }) => use === 'writes');
}

/** In words, for the record and for findings. */
export function describeUser(user: FileUser): string {
  switch (user.kind) {
    case 'domain':
      return `${user.name} on ${user.host} (${user.alive ? 'running' : 'off'}) ${uses[user.use]}`;
    case 'image':
      return `${user.path} on ${user.host} stands on it, though no domain has that image`;
    case 'migration':
      return `migration ${user.id} (${user.instanceName}) is at it`;
    case 'volume':
      return `it is the volume ${user.name} (${user.id})`;
  }
}

const uses: Readonly<Record<FileUse, string>> = {
  writes: 'has it as a disk',
  reads: 'has it as a medium or a disk to read',
  'stands-on': 'has a disk that stands on it',
  names: 'names it in its definition',
  shares: 'shares the directory that it lies in',
};

/** A file of a host that a move would have taken away, and did not. */
export interface KeptFile {
  readonly host: string;
  readonly path: string;
  /** Who has it, or what could not be known. */
  readonly because: string;
}
