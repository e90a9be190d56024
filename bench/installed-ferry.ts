import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** The command as the package has it: one bundle, in a folder of its own, started by the script that is installed. */
export function installFerry(): { readonly folder: string; readonly argv: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'ferry-bundle-'));
  const pack = join(root, 'tools/package/main.ts');
  execFileSync(process.execPath, [pack, '--bundle', '--folder', folder], { stdio: 'ignore' });
  symlinkSync(process.execPath, join(folder, 'node'));
  copyFileSync(join(root, 'packages/cli/bin/serve-options'), join(folder, 'serve-options'));
  return {
    folder,
    argv: ['env', `FERRY_LIB=${folder}`, 'sh', join(root, 'tools/package/installed-ferry.sh')],
  };
}
