import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { resolveRelative } from '../borders.ts';
import { moduleImports } from '../module-imports.ts';

/** Finds all that files need to run, directly or not, within their own package; each file is read once. */
export class ImportClosure {
  readonly #root: string;
  readonly #imports = new Map<string, readonly string[]>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Files, and those below folders, with what they import; paths from the root. */
  of(paths: readonly string[]): Set<string> {
    const seen = new Set<string>();
    const waiting = paths.flatMap((path) => this.#filesOf(path));
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      if (seen.has(file)) continue;
      seen.add(file);
      waiting.push(...this.#importsOf(file));
    }
    return seen;
  }

  #filesOf(path: string): string[] {
    const full = join(this.#root, path);
    if (!existsSync(full)) return [path];
    return statSync(full).isDirectory()
      ? globSync('**/*.ts', { cwd: full }).map((name) => join(path, name))
      : [path];
  }

  #importsOf(file: string): readonly string[] {
    const known = this.#imports.get(file);
    if (known !== undefined) return known;
    const full = join(this.#root, file);
    const found =
      file.endsWith('.ts') && existsSync(full)
        ? moduleImports(full)
            .filter(({ typeOnly, specifier }) => !typeOnly && specifier.startsWith('.'))
            .map(({ specifier }) => resolveRelative(file, specifier))
        : [];
    this.#imports.set(file, found);
    return found;
  }
}
