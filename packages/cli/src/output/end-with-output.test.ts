import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';

/** A command that writes a thousand long lines, and ends with code 3. */
function writer(isController = false, output: number | 'pipe' = 'pipe'): ChildProcess {
  const script = `
    import { endWithOutput, endWithReader } from ${JSON.stringify(join(import.meta.dirname, 'end-with-output.ts'))};
    endWithReader(${isController});
    for (let line = 0; line < 1000; line++) process.stdout.write(\`\${'x'.repeat(1023)}\\n\`);
    await endWithOutput(3);`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', output, 'pipe'],
  });
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.on('close', resolve);
  });
}

test('a reader that is slower than the command gets every line', async () => {
  const child = writer();
  const end = ended(child);
  let bytes = 0;
  // It reads nothing until the pipe is full and the command is at its end.
  await sleep(500);
  child.stdout?.on('data', (part: Buffer) => (bytes += part.length));
  expect(await end).toBe(3);
  expect(bytes).toBe(1000 * 1024);
});

test('output that a full disk does not take ends the command with what the system says', async () => {
  const full = openSync('/dev/full', 'w');
  const child = writer(false, full);
  const end = ended(child);
  let told = '';
  child.stderr?.on('data', (part: Buffer) => (told += part.toString('utf8')));
  expect(await end).toBe(1);
  expect(told).toMatch(/^ferry: its output cannot be written: ENOSPC.*\n$/);
  closeSync(full);
});

test.each([
  ['a command ends quietly when its reader leaves', false, 141],
  ['a controller goes on without the reader of its log', true, 3],
])('%s', async (_, isController, code) => {
  const child = writer(isController);
  const end = ended(child);
  child.stdout?.destroy();
  expect(await end).toBe(code);
});
