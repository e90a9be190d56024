import {
  type CheckInput,
  type DiskFacts,
  elementQuestions,
  type Host,
  imagesToBring,
  mappedPath,
  type MigrationKind,
  type PathUse,
  type PlacesOnHost,
  type PoolComparison,
  type StorageSettings,
  type TransferPlan,
} from '@ferry/model';
import type { Services } from '../engine/services.ts';

/** What names files of a guest, as far as it is known. */
export interface Naming {
  readonly kind: MigrationKind;
  /** Disks and what is moved like them. */
  readonly disks: readonly DiskFacts[];
  readonly elements: CheckInput['elements'];
  readonly pools: readonly PoolComparison[];
  /** Where files are on the target, by their path at the source, where that was found out. */
  readonly paths: Readonly<Record<string, string>>;
  readonly settings: StorageSettings;
  readonly plan: TransferPlan | null;
}

type File = PlacesOnHost['files'][number];

/** All files of a move, on both hosts, held against what is allowed there. Looks at no file. */
export async function inspectPlaces(
  { directories }: Pick<Services, 'directories'>,
  source: Host | null,
  target: Host | null,
  naming: Naming,
): Promise<PlacesOnHost[]> {
  const there = (path: string): string =>
    naming.paths[path] ?? mappedPath(path, naming.settings.paths) ?? path;
  const files = filesOf(naming.disks);
  const brought = new Map(
    imagesToBring(naming.plan?.disks ?? []).map((one) => [one.path, one.toDevice === true]),
  );
  const useThere = ({ path, written }: NamedFile): PathUse => {
    if (naming.plan === null) return written ? 'write' : 'read';
    return brought.has(path) ? (brought.get(path) === true ? 'device' : 'write') : 'read';
  };
  const onTarget: File[] = [
    ...files.map((file) => ({ what: file.what, path: there(file.path), use: useThere(file) })),
    ...ofElements(naming).map(({ path, ...rest }) => ({ ...rest, path: there(path) })),
    ...ofPools(naming),
  ];
  const atSource: File[] = files.map(({ what, path }) => ({ what, path, use: 'read' }));
  const sides = [
    ...(source === null ? [] : [{ host: source, named: atSource }]),
    ...(target === null ? [] : [{ host: target, named: onTarget }]),
  ];
  return Promise.all(
    sides.map(async ({ host, named }) => ({
      host: host.name,
      allowed: await directories.of(host),
      files: named,
    })),
  );
}

interface NamedFile {
  readonly what: string;
  readonly path: string;
  readonly written: boolean;
}

/** What a header names is among them: libvirt follows it as the definition is followed. */
function filesOf(disks: readonly DiskFacts[]): NamedFile[] {
  const named = disks.flatMap((disk): NamedFile[] => {
    const what = disk.dataOf === undefined ? `disk ${disk.target}` : `data of ${disk.dataOf}`;
    const own = disk.kind === 'block' ? null : disk.path;
    return [
      ...(own === null ? [] : [{ what, path: own, written: !disk.readOnly }]),
      ...disk.backing
        .filter(({ device }) => device !== true)
        .map(({ path }) => ({ what: `an image that disk ${disk.target} stands on`, path, written: false })),
    ];
  });
  return [...new Map(named.map((one) => [one.path, one])).values()];
}

/** What a guest writes to, and directories that it shares with its host, as well as what it only reads. */
function ofElements({ elements, kind }: Naming): File[] {
  if (elements === null) return [];
  const uses: Readonly<Record<string, PathUse>> = {
    file: 'read',
    'file-there': 'read',
    directory: 'write',
    'same-directory': 'write',
  };
  return elementQuestions(elements.descriptions, kind).flatMap(
    ({ comparer, value, path: element }): File[] => {
      const use = uses[comparer];
      if (use === undefined || !value.startsWith('/')) return [];
      return [{ what: element, path: value, use, isDirectory: comparer === 'same-directory' }];
    },
  );
}

/** A pool that is brought makes its directory one of the target's. */
function ofPools({ pools }: Naming): File[] {
  return pools.flatMap(({ name, atSource, onTarget }): File[] => {
    const directory = typeof atSource === 'object' ? (atSource?.directory ?? null) : null;
    if (onTarget !== 'absent' || directory === null) return [];
    return [{ what: `pool ${name}`, path: directory, use: 'write', isDirectory: true }];
  });
}
