import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** The command as the package has it: one bundle, in a folder of its own, started by the script that is installed. */
export function installFerry(): { readonly folder: string; readonly argv: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'ferry-bundle-'));
  const pack = join(root, 'tools/package/main.ts');
  execFileSync(process.execPath, [pack, '--bundle', '--folder', folder], { stdio: 'ignore' });
  return { folder, argv: [join(folder, 'ferry')] };
}
