import { expect, test } from 'vitest';
import { parseCommandLine, UsageError } from './command-line.ts';

test.each([[[]], [['--help']], [['help']], [['up', '--help']]])('%j asks for help', (argv) => {
  expect(parseCommandLine(argv)).toEqual({ kind: 'help' });
});

test('a lab of three hosts is what comes when nothing is said', () => {
  expect(parseCommandLine(['up'])).toMatchObject({ kind: 'up', lab: 'main', hosts: 3, guests: 0 });
});

test('all that is said about guests is read', () => {
  const words = ['up', '--name', 'x', '--hosts', '2', '--guests', '4', '--memory', '96', '--dirty', '16:8'];
  expect(parseCommandLine([...words, '--storage', 'shared', '--disk', 'raw'])).toEqual({
    kind: 'up',
    lab: 'x',
    hosts: 2,
    guests: 4,
    guest: { memoryMib: 96, storage: 'shared', disk: 'raw', dirty: { mib: 16, mibPerSecond: 8 } },
  });
});

test('what follows -- belongs to the command that is run', () => {
  expect(parseCommandLine(['exec', 'compute11', '--', 'virsh', 'list', '--all'])).toEqual({
    kind: 'exec',
    lab: 'main',
    place: 'compute11',
    argv: ['virsh', 'list', '--all'],
  });
});

test('down means one lab, or all', () => {
  expect(parseCommandLine(['down'])).toEqual({ kind: 'down', lab: 'main' });
  expect(parseCommandLine(['down', '--all'])).toEqual({ kind: 'down', lab: null });
});

test('guests are made and asked by name', () => {
  expect(parseCommandLine(['guest', 'create', 'web', '--host', 'compute12', '--off'])).toMatchObject({
    kind: 'guest-create',
    name: 'web',
    host: 'compute12',
    off: true,
  });
  expect(parseCommandLine(['guest', 'stat', 'web'])).toEqual({
    kind: 'guest-stat',
    lab: 'main',
    name: 'web',
  });
});

test.each([
  [['fly'], 'no command "fly"'],
  [['guest', 'fly'], 'no command "guest fly"'],
  [['up', '--hosts', 'many'], '--hosts is a whole number, not "many"'],
  [['up', '--dirty', '16'], '--dirty is MIB:RATE'],
  [['up', '--storage', 'tape'], '--storage is local or shared, not "tape"'],
  [['up', '--nonsense'], 'nonsense'],
  [['up', 'compute11'], 'does not take "compute11"'],
  [['setup', '--hosts', '3'], 'takes no --hosts'],
  [['exec', 'compute11'], 'Say what to run'],
  [['exec', '--', 'ls'], 'needs HOST or ctl'],
  [['down', '--all', '--name', 'x'], 'not both'],
  [['status', '--', 'x'], 'nothing after --'],
  [['power', 'maybe', 'compute11'], 'power is on or off'],
  [['guest', 'stat'], 'needs NAME'],
])('%j is refused: %s', (argv, reason) => {
  expect(() => parseCommandLine(argv)).toThrow(UsageError);
  expect(() => parseCommandLine(argv)).toThrow(reason);
});
