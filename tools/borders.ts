import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import type { ModuleImport } from './module-imports.ts';

/** The rules file: which room may import what. */
export interface BorderRules {
  readonly rooms: Readonly<Record<string, { readonly packages: readonly string[]; readonly node: boolean }>>;
  readonly folders: readonly {
    readonly in: string;
    readonly never: readonly string[];
    readonly exceptTypes?: boolean;
  }[];
  readonly testPackages: readonly string[];
}

/** Imports of each file, by its path from the repository's root. */
export type ImportGraph = ReadonlyMap<string, readonly ModuleImport[]>;

const isTest = (file: string): boolean =>
  /\.test(?:-support)?\.tsx?$|\/testing\//.test(file) || file.startsWith('tests/');
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
const within = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

/** The file that a relative import names, from the repository's root. */
export function resolveRelative(file: string, specifier: string): string {
  return normalize(join(dirname(file), specifier));
}

/** Every import that crosses a border, as sentences. */
export function brokenBorders(graph: ImportGraph, rules: BorderRules): string[] {
  const broken: string[] = [];
  for (const [file, imports] of graph) {
    const room = roomOf(file, rules);
    if (room === undefined) {
      broken.push(`${file}: stands in no room; add it to tools/borders.json`);
      continue;
    }
    for (const one of imports) broken.push(...judge(file, room, one, rules));
  }
  return broken;
}

/** The innermost room that a file stands in. */
function roomOf(file: string, rules: BorderRules): string | undefined {
  const rooms = Object.keys(rules.rooms).filter((name) => within(file, name));
  return rooms.toSorted((one, other) => other.length - one.length)[0];
}

function judge(file: string, room: string, one: ModuleImport, rules: BorderRules): string[] {
  const { specifier } = one;
  const target = specifier.startsWith('.') ? resolveRelative(file, specifier) : specifier;
  const broken: string[] = [];
  if (specifier.startsWith('.')) {
    if (!within(target, room)) broken.push(`${file}: reaches out of ${room} by path into ${target}`);
  } else if (!mayImport(file, room, specifier, rules)) {
    broken.push(`${file}: ${room} may not import ${specifier}`);
  }
  if (isTest(file)) return broken;
  for (const folder of rules.folders) {
    if (!within(file, folder.in) || (folder.exceptTypes === true && one.typeOnly)) continue;
    const forbidden = folder.never.find((name) => within(target, name));
    if (forbidden !== undefined) broken.push(`${file}: ${folder.in} may not import ${forbidden}`);
  }
  return broken;
}

function mayImport(file: string, room: string, specifier: string, rules: BorderRules): boolean {
  const rule = rules.rooms[room];
  if (rule === undefined) return false;
  if (isTest(file) && (rules.testPackages.includes(specifier) || specifier.startsWith('node:'))) return true;
  if (specifier.startsWith('node:')) return rule.node;
  const name = packageOf(specifier);
  if (rule.packages.includes(name)) return true;
  // `*` opens the room to libraries, never to other rooms.
  return rule.packages.includes('*') && !name.startsWith('@ferry/');
}

/** Import cycles among files, in the product those of types alone too; each as the list of files around it. */
export function importCycles(graph: ImportGraph): string[][] {
  const cycles: string[][] = [];
  const state = new Map<string, 'open' | 'done'>();
  const path: string[] = [];
  const visit = (file: string): void => {
    state.set(file, 'open');
    path.push(file);
    for (const one of graph.get(file) ?? []) {
      if (one.typeOnly && !file.startsWith('packages/')) continue;
      if (!one.specifier.startsWith('.')) continue;
      const next = resolveRelative(file, one.specifier);
      if (state.get(next) === 'open') cycles.push([...path.slice(path.indexOf(next)), next]);
      else if (!state.has(next) && graph.has(next)) visit(next);
    }
    path.pop();
    state.set(file, 'done');
  };
  for (const file of graph.keys()) if (!state.has(file)) visit(file);
  return cycles;
}

/** Relative imports that name no file. */
export function missingFiles(graph: ImportGraph, root: string): string[] {
  return [...graph].flatMap(([file, imports]) =>
    imports
      .filter(
        (one) =>
          one.specifier.startsWith('.') && !existsSync(join(root, resolveRelative(file, one.specifier))),
      )
      .map((one) => `${file}: imports ${one.specifier}, which is not there`),
  );
}
