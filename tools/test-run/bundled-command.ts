import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names the command that tests start (tests/ferry-command.ts). */
const commandVariable = 'FERRY_TEST_COMMAND';

/** Bundles the command once for all rings, and has them start that one as long as it is not disposed of. */
export function bundledCommand(): Disposable {
  const folder = mkdtempSync(join(tmpdir(), 'ferry-command-'));
  const pack = join(import.meta.dirname, '../package/main.ts');
  execFileSync(process.execPath, [pack, '--bundle', '--folder', folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  process.env[commandVariable] = join(folder, 'ferry');
  return {
    [Symbol.dispose]: () => {
      delete process.env[commandVariable];
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
