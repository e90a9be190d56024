import type { Element } from '@xmldom/xmldom';
import { attribute, children, rootOf, metadataOf } from './parse-xml.ts';

/** Paths that a description names, wherever in it. */
export interface NamedPaths {
  readonly paths: readonly string[];
  /** Directories that the guest shares with its host. */
  readonly directories: readonly string[];
}

/**
 * Every absolute path in a description, in whatever element or attribute: firmware, kernels, memory in files, logs, options
 * for QEMU. Too many rather than too few: what is among them is left alone.
 */
export function readNamedPaths(
  xml: string,
  root: 'domain' | 'domainsnapshot' | 'domaincheckpoint',
): NamedPaths {
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
