import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exitCodes } from './exit-codes.ts';
import { newProgram } from './new-program.ts';
import { addOneCommand, loadersOfCommands } from './one-command.ts';
import { buildProgram } from './program.ts';

const all = buildProgram(() => undefined).commands;

test('each command that the help lists is loaded by itself, and says the same of itself', async () => {
  expect(Object.keys(loadersOfCommands).toSorted()).toEqual(all.map((one) => one.name()).toSorted());
  for (const whole of all) {
    const program = newProgram();
    expect(await addOneCommand(program, whole.name(), () => undefined)).toBe(true);
    const alone = program.commands.find((one) => one.name() === whole.name());
    expect(alone?.helpInformation()).toBe(whole.helpInformation());
  }
});

test('what is no command is none', async () => {
  for (const name of ['liv-migrate', 'help', '--version', 'constructor'])
    expect(await addOneCommand(newProgram(), name, () => undefined)).toBe(false);
});

test('a move loads neither schemas, nor YAML, nor a second HTTP client, nor TLS', () => {
  const program = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
    const { runProgram } = await import(${JSON.stringify(join(import.meta.dirname, 'run-program.ts'))});
    const code = await runProgram(['node', 'ferry', 'live-migrate', 'web', '--token', 'x', '--url', 'unix:/nowhere', '--wait']);
    console.log(JSON.stringify({ code, loaded: [...loaded, ...process.moduleLoadList] }));`;
  const printed = execFileSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const { code, loaded } = JSON.parse(printed.toString()) as { code: number; loaded: string[] };
  expect(code).toBe(exitCodes.unreachable);
  expect(
    loaded.filter((one) => /\/typebox\/|\/yaml\/|undici|NativeModule tls$|\/commands\/serve/.test(one)),
  ).toEqual([]);
});
