import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Element } from '@xmldom/xmldom';
import { attribute, children, rootOf } from './parse-xml.ts';

/** A source of libvirt's whose schemas are at hand. */
export interface SchemaFolder {
  readonly name: string;
  readonly folder: string;
}

/** The folders that `LIBVIRT_SCHEMAS` names: `src/conf/schemas` of one or more unpacked sources, with colons between. */
export function schemaFolders(): SchemaFolder[] {
  const folders = (process.env['LIBVIRT_SCHEMAS'] ?? '').split(':').filter((path) => path !== '');
  return folders.map((folder) => ({ name: basename(dirname(dirname(dirname(folder)))), folder }));
}

/** An element or attribute that a schema knows, below `<domain>`, with the values it may have where they are a list. */
export interface SchemaPlace {
  readonly names: readonly string[];
  readonly values: readonly string[];
}

/** All elements and attributes of a domain that libvirt's schema knows (RELAX NG, src/conf/schemas/domain.rng). */
export function domainPlaces(folder: string): SchemaPlace[] {
  const definitions = readDefinitions(folder);
  const places = new Map<string, { readonly names: readonly string[]; readonly values: Set<string> }>();
  const walk = (pattern: Element, names: readonly string[], inside: ReadonlySet<string>): void => {
    for (const part of elementsOf(pattern)) {
      const kind = part.localName;
      if (kind === 'value') places.get(names.join('/'))?.values.add(part.textContent ?? '');
      else if (kind === 'ref') {
        const name = attribute(part, 'name') ?? '';
        const key = `${name} ${names.join('/')}`;
        if (inside.has(key)) continue;
        for (const one of definitions.get(name) ?? []) walk(one, names, new Set([...inside, key]));
      } else if (kind === 'element' || kind === 'attribute') {
        for (const name of namesOf(part)) {
          const path = [...names, kind === 'element' ? name : `@${name}`];
          // Images stand on images without end.
          if (isEndless(path)) continue;
          const key = path.join('/');
          if (!places.has(key)) places.set(key, { names: path, values: new Set() });
          walk(part, path, inside);
        }
      } else if (kind !== 'name' && kind !== 'anyName' && kind !== 'nsName') walk(part, names, inside);
    }
  };
  for (const domain of definitions.get('domain') ?? []) walk(domain, [], new Set());
  return [...places.values()]
    .filter(({ names }) => names.length > 1)
    .map(({ names, values }) => ({ names: names.slice(1), values: [...values] }));
}

function isEndless(path: readonly string[]): boolean {
  return ['backingStore', 'dataStore', '*'].some((name) => path.filter((one) => one === name).length > 1);
}

/** What a schema and all that it includes define, by name. */
function readDefinitions(folder: string): Map<string, Element[]> {
  const definitions = new Map<string, Element[]>();
  const read = new Set<string>();
  const load = (file: string): void => {
    if (read.has(file)) return;
    read.add(file);
    const grammar = rootOf(readFileSync(join(folder, file), 'utf8'), 'grammar');
    for (const one of grammar.getElementsByTagName('define')) {
      const name = attribute(one, 'name') ?? '';
      definitions.set(name, [...(definitions.get(name) ?? []), one]);
    }
    for (const one of grammar.getElementsByTagName('include')) load(attribute(one, 'href') ?? '');
  };
  load('domain.rng');
  return definitions;
}

function namesOf(part: Element): string[] {
  const own = attribute(part, 'name');
  if (own !== null) return [own];
  const choices = [part, ...children(part, 'choice')];
  const named = choices.flatMap((one) => children(one, 'name').map((name) => name.textContent?.trim() ?? ''));
  const any = choices.some((one) => children(one, 'anyName').length + children(one, 'nsName').length > 0);
  return any ? [...named, '*'] : named;
}

function elementsOf(parent: Element): Element[] {
  return [...parent.childNodes].filter((node): node is Element => node.nodeType === 1);
}
