import type { Element } from '@xmldom/xmldom';
import { KeptReadings } from './kept-readings.ts';
import { type NamedDisk, readNamedDisks } from './named-disks-xml.ts';
import { attribute, children, metadataOf, rootOf, XmlError } from './parse-xml.ts';

type DescriptionRoot = 'domain' | 'domainsnapshot' | 'domaincheckpoint';

/** Paths that a description names, wherever in it. */
interface NamedPaths {
  readonly paths: readonly string[];
  /** Directories that the guest shares with its host. */
  readonly directories: readonly string[];
}

/**
 * Every absolute path in a description, in whatever element or attribute: firmware, kernels, memory in files, logs, options
 * for QEMU. Too many rather than too few: what is among them is left alone.
 */
export function readNamedPaths(xml: string, root: DescriptionRoot): NamedPaths {
  const paths = new Set<string>();
  const directories = new Set<string>();
  const open: Element[] = [rootOf(xml, root)];
  for (let element = open.pop(); element !== undefined; element = open.pop()) {
    for (const value of valuesOf(element)) for (const path of pathsIn(value)) paths.add(path);
    if (element.localName === 'filesystem')
      for (const source of children(element, 'source')) {
        const directory = attribute(source, 'dir');
        if (directory?.startsWith('/') === true) directories.add(directory);
      }
    for (const child of Array.from(element.childNodes)) if (child.nodeType === 1) open.push(child as Element);
  }
  for (const path of pathsInMetadata(xml)) paths.add(path);
  return { paths: [...paths], directories: [...directories] };
}

/** What other tools keep is not read as elements: whatever in it looks like a path is one. */
function pathsInMetadata(xml: string): string[] {
  const quoted = /"\s*(\/[^"<]*)"|'\s*(\/[^'<]*)'|>\s*(\/[^<]*)</g;
  return Array.from(metadataOf(xml).matchAll(quoted), ([, one, two, three]) =>
    (one ?? two ?? three ?? '').trim().replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code))),
  ).map((path) => path.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'));
}

function valuesOf(element: Element): string[] {
  const values = Array.from(element.attributes, ({ value }) => value);
  for (const child of Array.from(element.childNodes))
    if (child.nodeType === 3 || child.nodeType === 4) values.push((child.nodeValue ?? '').trim());
  return values;
}

/**
 * The value itself where it is a path, and what an option of QEMU names in it: `if=none,file=/srv/a.img`, where a comma of the path
 * is doubled; behind a protocol (`file:/srv/a.img`, but not with the name of a server); in JSON, as of `-blockdev`.
 */
function pathsIn(value: string): string[] {
  if (!value.includes('/')) return [];
  const options = found(value, /=(\/(?:[^,]|,,)*)/g);
  return [
    ...(value.startsWith('/') ? [value] : []),
    ...options,
    ...options.filter((path) => path.includes(',,')).map((path) => path.replaceAll(',,', ',')),
    ...found(value, /=(\/[^,]*)/g),
    ...found(value, /:(\/(?!\/[^/])[^,"?]*)/g),
    ...found(value, /("\/(?:[^"\\]|\\.)*")/g).flatMap(unquoted),
  ];
}

function found(value: string, pattern: RegExp): string[] {
  return Array.from(value.matchAll(pattern), ([, path = '']) => path);
}

/** None where it is no JSON after all. */
function unquoted(text: string): string[] {
  try {
    return [JSON.parse(text) as string];
  } catch {
    return [];
  }
}

/** What the descriptions of one domain name, all together. */
export interface DescribedFiles {
  readonly disks: readonly NamedDisk[];
  /** Paths that no disk names. */
  readonly named: readonly string[];
  readonly directories: readonly string[];
  /** Why one of them could not be read. */
  readonly problems: readonly string[];
}

/** Of some thousand guests: what one of them takes is 4 to 16 KiB. */
const keptCharacters = 16 * 1024 * 1024;
const readings: Readonly<Record<DescriptionRoot, KeptReadings<NamedPaths & Pick<DescribedFiles, 'disks'>>>> =
  {
    domain: new KeptReadings(keptCharacters),
    domainsnapshot: new KeptReadings(keptCharacters),
    domaincheckpoint: new KeptReadings(keptCharacters),
  };

/** Reads all that are there: one that makes no sense is told, and hides no other. */
export function filesOfDescriptions(
  texts: readonly {
    readonly xml: string;
    readonly root: DescriptionRoot;
  }[],
): DescribedFiles {
  const disks: NamedDisk[] = [];
  const named = new Set<string>();
  const directories = new Set<string>();
  const problems: string[] = [];
  for (const { xml, root } of texts) {
    try {
      const all = readings[root].of(xml, () => ({
        disks: readNamedDisks(xml, root),
        ...readNamedPaths(xml, root),
      }));
      disks.push(...all.disks);
      for (const path of all.paths) named.add(path);
      for (const directory of all.directories) directories.add(directory);
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
      problems.push(error.message);
    }
  }
  const ofDisks = new Set(disks.flatMap(({ paths }) => paths));
  return {
    disks,
    named: [...named].filter((path) => !ofDisks.has(path)),
    directories: [...directories],
    problems,
  };
}
