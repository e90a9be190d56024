import { expect, test } from 'vitest';
import { type FileNaming, type FileUse, type FileUser, judgeDeletion, writersOf } from './file-users.ts';

const naming = (users: readonly FileUser[], unknown: readonly string[] = []): FileNaming => ({
  host: 'compute11',
  path: '/images/a',
  users,
  unknown,
});
const domain = (use: FileUse, alive = true): FileUser & { kind: 'domain' } => ({
  kind: 'domain',
  id: '1',
  name: 'db',
  host: 'compute12',
  alive,
  use,
});

test('what nobody else has goes', () => {
  expect(judgeDeletion(naming([]))).toEqual({ kind: 'delete' });
  expect(writersOf(naming([]))).toEqual([]);
});

test.each([
  [domain('writes'), 'db on compute12 (running) has it as a disk'],
  [domain('writes', false), 'db on compute12 (off) has it as a disk'],
  [domain('reads'), 'db on compute12 (running) has it as a medium or a disk to read'],
  [domain('stands-on', false), 'db on compute12 (off) has a disk that stands on it'],
  [domain('names'), 'db on compute12 (running) names it in its definition'],
  [domain('shares'), 'db on compute12 (running) shares the directory that it lies in'],
  [
    { kind: 'image', path: '/images/b', host: 'compute11' } as const,
    '/images/b on compute11 stands on it, though no domain has that image',
  ],
  [{ kind: 'migration', id: 'm1', instanceName: 'web' } as const, 'migration m1 (web) is at it'],
  [{ kind: 'volume', id: 'v1', name: 'data' } as const, 'it is the volume data (v1)'],
])('what somebody has stays, and it is said who: %#', (user, because) => {
  expect(judgeDeletion(naming([user]))).toEqual({ kind: 'keep', because });
});

test('what is not known stays, and all reasons are said', () => {
  expect(judgeDeletion(naming([domain('reads')], ['compute13 does not answer']))).toEqual({
    kind: 'keep',
    because:
      'db on compute12 (running) has it as a medium or a disk to read; not known: compute13 does not answer',
  });
});

test('only who has it as a disk writes to it, running or off', () => {
  const users = [domain('reads'), domain('stands-on'), domain('writes', false), domain('names')];
  expect(writersOf(naming(users))).toEqual([domain('writes', false)]);
});
