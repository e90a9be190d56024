import { readFileSync } from 'node:fs';
import { parseSync } from 'oxc-parser';

/** One import of a module: what it names, and whether only types come over. */
export interface ModuleImport {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/** All imports and re-exports of a TypeScript file, dynamic ones with a literal name too. */
export function moduleImports(file: string): ModuleImport[] {
  const source = readFileSync(file, 'utf8');
  const { module, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message ?? 'cannot be parsed'}`);
  const found: ModuleImport[] = [];
  for (const entry of module.staticImports) {
    const typeOnly = entry.entries.length > 0 && entry.entries.every((one) => one.isType);
    found.push({ specifier: entry.moduleRequest.value, typeOnly });
  }
  for (const entry of module.staticExports) {
    for (const one of entry.entries) {
      if (one.moduleRequest) found.push({ specifier: one.moduleRequest.value, typeOnly: one.isType });
    }
  }
  for (const entry of module.dynamicImports) {
    const text = source.slice(entry.moduleRequest.start, entry.moduleRequest.end);
    const literal = /^['"](.+)['"]$/.exec(text)?.[1];
    if (literal !== undefined) found.push({ specifier: literal, typeOnly: false });
  }
  return found;
}
