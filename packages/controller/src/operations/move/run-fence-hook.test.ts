import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runFenceHook } from './run-fence-hook.ts';

const host = { name: 'compute11', id: 'f3b1', uri: 'qemu+tls://compute11/system' };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-hook-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function hookOf(script: string): string {
  const path = join(folder, 'hook');
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o700 });
  return path;
}

test('a hook gets a closed list of variables, and none of the secrets of the controller', async () => {
  const told = join(folder, 'told');
  const env = {
    PATH: process.env['PATH'],
    HOME: '/root',
    LANG: 'C.UTF-8',
    FERRY_DATABASE_URL: 'postgres://ferry:secret@db/ferry',
    FERRY_KEYSTONE_PASSWORD: 'secret',
    FERRY_TOKEN: 'secret',
    AWS_SECRET_ACCESS_KEY: 'secret',
    NODE_OPTIONS: '--max-old-space-size=4096',
    FERRY_HOOK_BMC_PASSWORD: 'its own',
  };
  await runFenceHook(hookOf(`echo "$1" >${told}; env >>${told}`), host, { env });
  const [name, ...lines] = readFileSync(told, 'utf8').trim().split('\n');
  expect(name).toBe('compute11');
  // What a shell sets by itself beside that.
  const own = ['PWD', 'OLDPWD', 'SHLVL', '_'];
  const variables = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s, 2)));
  for (const one of own) delete variables[one];
  expect(variables).toEqual({
    PATH: env.PATH,
    HOME: '/root',
    LANG: 'C.UTF-8',
    FERRY_HOOK_BMC_PASSWORD: 'its own',
    FERRY_HOST: 'compute11',
    FERRY_HOST_ID: 'f3b1',
    FERRY_HOST_URI: 'qemu+tls://compute11/system',
  });
});

test('of its output the end is kept, however much it is', async () => {
  const flood = hookOf('yes "the beginning" | head -c 3000000; echo "the switch is locked"; exit 3');
  const failed = runFenceHook(flood, host);
  await expect(failed).rejects.toMatchObject({
    code: 'fence-failed',
    message: expect.stringMatching(/compute11 off: ended with 3\. It says: .*the switch is locked$/s),
  });
  const { message } = (await failed.catch((error: unknown) => error)) as Error;
  expect(message.length).toBeLessThan(2_200);
});

test('at the deadline it is killed with what it has started', async () => {
  const file = join(folder, 'pid');
  const slow = hookOf(`sleep 600 & echo $! >${file}; wait`);
  // However long a busy machine takes to come so far.
  for (let limitMs = 500; !existsSync(file); limitMs *= 2)
    await expect(runFenceHook(slow, host, { limitMs })).rejects.toThrow(
      `did not end within ${limitMs / 1000} s`,
    );
  const pid = readFileSync(file, 'utf8').trim();
  // Gone, or dead and not yet waited for by whoever took it over.
  const isAlive = (): boolean =>
    existsSync(`/proc/${pid}/stat`) && !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  await expect.poll(isAlive).toBe(false);
});

test('one that has ended is not waited for because of what it left behind', async () => {
  await runFenceHook(hookOf('sleep 5 & exit 0'), host);
  await expect(runFenceHook(join(folder, 'nothing'), host)).rejects.toThrow(/compute11 off: .*ENOENT/);
});
