const sectorBytes = 2048;
/** Sectors that the format leaves to the system. */
const firstDescriptor = 16;

/** A file of the image: names of directories and its own, joined by `/`. */
export interface IsoFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

interface Directory {
  readonly name: string;
  /** Its place among all directories, from 1: as path tables count. */
  readonly number: number;
  readonly parent: Directory | null;
  readonly directories: Directory[];
  readonly files: { readonly name: string; readonly number: number; readonly bytes: Uint8Array }[];
}

/** Where everything stands, in sectors. The primary tree has short names, Joliet's the real ones; files are there once. */
interface Layout {
  readonly pathTables: Readonly<Record<Tree, { readonly little: number; readonly big: number }>>;
  readonly directories: Readonly<Record<Tree, ReadonlyMap<Directory, number>>>;
  readonly files: ReadonlyMap<number, number>;
  readonly sectors: number;
}

type Tree = 'primary' | 'joliet';
const trees: readonly Tree[] = ['primary', 'joliet'];

/**
 * An ISO 9660 image with Joliet names (ECMA-119; Microsoft's Joliet specification): the few small files of a config drive.
 * Throws when a directory has more entries than one sector holds.
 */
export function isoImage(label: string, files: readonly IsoFile[], at: Date): Buffer {
  const all = directoriesOf(files);
  const layout = layOut(all);
  const image = Buffer.alloc(layout.sectors * sectorBytes);
  const put = (sector: number, bytes: Uint8Array): void => image.set(bytes, sector * sectorBytes);
  put(firstDescriptor, descriptor('primary', label, all, layout, at));
  put(firstDescriptor + 1, descriptor('joliet', label, all, layout, at));
  put(firstDescriptor + 2, Buffer.from('\xffCD001\x01', 'latin1'));
  for (const tree of trees) {
    const { little, big } = layout.pathTables[tree];
    put(little, pathTable(tree, all, layout, 'little'));
    put(big, pathTable(tree, all, layout, 'big'));
    for (const directory of all) put(sectorOf(layout, tree, directory), entries(tree, directory, layout, at));
  }
  for (const { files: own } of all)
    for (const { number, bytes } of own) put(layout.files.get(number) ?? 0, bytes);
  return image;
}

/** Parents before children, as path tables have them: the root first. */
function directoriesOf(files: readonly IsoFile[]): Directory[] {
  const root: Directory = { name: '', number: 1, parent: null, directories: [], files: [] };
  const all = [root];
  const within = (parent: Directory, name: string): Directory => {
    const there = parent.directories.find((one) => one.name === name);
    if (there !== undefined) return there;
    const made: Directory = { name, number: all.length + 1, parent, directories: [], files: [] };
    parent.directories.push(made);
    all.push(made);
    return made;
  };
  for (const [index, { path, bytes }] of files.entries()) {
    const names = path.split('/');
    const name = names.pop() ?? '';
    names.reduce(within, root).files.push({ name, number: index + 1, bytes });
  }
  return all;
}

function layOut(all: readonly Directory[]): Layout {
  let next = firstDescriptor + 3;
  const take = (sectors: number): number => {
    const first = next;
    next += sectors;
    return first;
  };
  const pathTables = {
    primary: { little: take(1), big: take(1) },
    joliet: { little: take(1), big: take(1) },
  };
  const directories = {
    primary: new Map(all.map((one) => [one, take(1)] as const)),
    joliet: new Map(all.map((one) => [one, take(1)] as const)),
  };
  const files = new Map(
    all.flatMap((one) =>
      one.files.map(({ number, bytes }) => [number, take(Math.ceil(bytes.length / sectorBytes))] as const),
    ),
  );
  return { pathTables, directories, files, sectors: next };
}

function descriptor(tree: Tree, label: string, all: readonly Directory[], layout: Layout, at: Date): Buffer {
  const bytes = Buffer.alloc(sectorBytes);
  const text = (start: number, length: number, value: string): void => {
    const encoded = tree === 'joliet' ? ucs2(value) : Buffer.from(value, 'latin1');
    const space = tree === 'joliet' ? ucs2(' ') : Buffer.from(' ');
    for (let offset = 0; offset + space.length <= length; offset += space.length)
      bytes.set(space, start + offset);
    bytes.set(encoded.subarray(0, length), start);
  };
  bytes.write(`${tree === 'primary' ? '\x01' : '\x02'}CD001\x01`, 0, 'latin1');
  for (const [start, length] of [
    [8, 32],
    [190, 128],
    [318, 128],
    [446, 128],
    [574, 128],
    [702, 37],
    [739, 37],
    [776, 37],
  ] as const)
    text(start, length, '');
  text(40, 32, label);
  bothEnds(bytes, 80, layout.sectors, 4);
  // Escape sequence of Joliet's third level: names in UCS-2.
  if (tree === 'joliet') bytes.write('%/E', 88, 'latin1');
  bothEnds(bytes, 120, 1, 2);
  bothEnds(bytes, 124, 1, 2);
  bothEnds(bytes, 128, sectorBytes, 2);
  const table = pathTable(tree, all, layout, 'little');
  bothEnds(bytes, 132, table.length, 4);
  bytes.writeUInt32LE(layout.pathTables[tree].little, 140);
  bytes.writeUInt32BE(layout.pathTables[tree].big, 148);
  const [root] = all;
  if (root !== undefined) bytes.set(record('\0', sectorOf(layout, tree, root), sectorBytes, true, at), 156);
  const time = at.toISOString().replace(/\D/g, '').slice(0, 16);
  for (const start of [813, 830]) bytes.write(`${time}\0`, start, 'latin1');
  // Never expires, and is good from its beginning on: sixteen zeros mean "not said".
  for (const start of [847, 864]) bytes.write(`${'0'.repeat(16)}\0`, start, 'latin1');
  bytes[881] = 1;
  return bytes;
}

function pathTable(tree: Tree, all: readonly Directory[], layout: Layout, end: 'little' | 'big'): Buffer {
  return Buffer.concat(
    all.map((directory) => {
      const name = directory.parent === null ? Buffer.from('\0') : nameOf(tree, directory, 'D');
      const bytes = Buffer.alloc(8 + name.length + (name.length % 2));
      bytes[0] = name.length;
      const sector = sectorOf(layout, tree, directory);
      const parent = directory.parent?.number ?? 1;
      if (end === 'little') {
        bytes.writeUInt32LE(sector, 2);
        bytes.writeUInt16LE(parent, 6);
      } else {
        bytes.writeUInt32BE(sector, 2);
        bytes.writeUInt16BE(parent, 6);
      }
      bytes.set(name, 8);
      return bytes;
    }),
  );
}

function entries(tree: Tree, directory: Directory, layout: Layout, at: Date): Buffer {
  const own = sectorOf(layout, tree, directory);
  const above = sectorOf(layout, tree, directory.parent ?? directory);
  const named = [
    ...directory.directories.map((one) => ({
      name: nameOf(tree, one, 'D'),
      bytes: (name: Buffer) => record(name, sectorOf(layout, tree, one), sectorBytes, true, at),
    })),
    ...directory.files.map((one) => ({
      name: nameOf(tree, one, 'F'),
      bytes: (name: Buffer) => record(name, layout.files.get(one.number) ?? 0, one.bytes.length, false, at),
    })),
  ].toSorted((one, other) => Buffer.compare(one.name, other.name));
  const bytes = Buffer.concat([
    record('\0', own, sectorBytes, true, at),
    record('\x01', above, sectorBytes, true, at),
    ...named.map((one) => one.bytes(one.name)),
  ]);
  if (bytes.length > sectorBytes)
    throw new RangeError(`directory "${directory.name}" has more entries than ${sectorBytes} bytes hold`);
  return bytes;
}

function record(
  name: Buffer | string,
  sector: number,
  lengthBytes: number,
  isDirectory: boolean,
  at: Date,
): Buffer {
  const encoded = typeof name === 'string' ? Buffer.from(name, 'latin1') : name;
  const length = 33 + encoded.length;
  const bytes = Buffer.alloc(length + (length % 2));
  bytes[0] = bytes.length;
  bothEnds(bytes, 2, sector, 4);
  bothEnds(bytes, 10, lengthBytes, 4);
  const date = [
    at.getUTCFullYear() - 1900,
    at.getUTCMonth() + 1,
    at.getUTCDate(),
    at.getUTCHours(),
    at.getUTCMinutes(),
    at.getUTCSeconds(),
    0,
  ];
  bytes.set(date, 18);
  bytes[25] = isDirectory ? 2 : 0;
  bothEnds(bytes, 28, 1, 2);
  bytes[32] = encoded.length;
  bytes.set(encoded, 33);
  return bytes;
}

/** The real name in Joliet; a short one made of a number where names are eight capital letters. */
function nameOf(
  tree: Tree,
  one: { readonly name: string; readonly number: number },
  kind: 'D' | 'F',
): Buffer {
  if (tree === 'joliet') return ucs2(one.name);
  return Buffer.from(kind === 'D' ? `D${one.number}` : `F${one.number}.;1`, 'latin1');
}

function sectorOf(layout: Layout, tree: Tree, directory: Directory): number {
  return layout.directories[tree].get(directory) ?? 0;
}

/** Joliet's letters have their greater byte first. */
function ucs2(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

/** A number in both orders of bytes, one behind the other. */
function bothEnds(bytes: Buffer, at: number, value: number, size: 2 | 4): void {
  bytes.writeUIntLE(value, at, size);
  bytes.writeUIntBE(value, at + size, size);
}
