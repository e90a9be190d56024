import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { exitCodes } from './exit-codes.ts';
import { runProgram } from './run-program.ts';

let said = '';
beforeEach(() => {
  said = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

test.each([
  [['serve', '--tls-cert', 'x'], '--tls-cert and --tls-key go together: there is no key'],
  [['host', 'set', 'h', '--disable', '--enable'], '--disable and --enable exclude each other'],
  [['host', 'maintenance', 'h', 'off', '--reason', 'r'], '--reason goes with on'],
  [['host', 'maintenance', 'h', 'perhaps'], 'perhaps'],
  [['no-such-command'], 'no-such-command'],
])('what is wrong with %j is said, with the exit code of a wrong use', async (words, why) => {
  const token = ['--token', 'x', '--url', 'unix:/nowhere'];
  const ending = words[0] === 'host' ? token : [];
  expect(await runProgram(['node', 'ferry', ...words, ...ending])).toBe(exitCodes.usage);
  expect(said).toContain(why);
});
