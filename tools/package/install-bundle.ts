import { chmodSync, copyFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFerry } from './bundle-ferry.ts';

const root = join(import.meta.dirname, '../..');

/** Makes a folder with the command as the package has it, that is run as `FOLDER/ferry`: for tests and measurements. */
export async function installBundle(folder: string): Promise<void> {
  await bundleFerry(folder);
  symlinkSync(process.execPath, join(folder, 'node'));
  copyFileSync(join(root, 'packages/cli/bin/serve-options'), join(folder, 'serve-options'));
  const script = join(root, 'tools/package/installed-ferry.sh');
  writeFileSync(join(folder, 'ferry'), `#!/bin/sh\nFERRY_LIB='${folder}' exec sh '${script}' "$@"\n`);
  chmodSync(join(folder, 'ferry'), 0o755);
}
