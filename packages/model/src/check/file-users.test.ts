import { expect, test } from 'vitest';
import type { FileNaming, FileUser } from '../storage/file-users.ts';
import { fileUsersCheck } from './file-users.ts';
import { sampleInput, samplePlan } from './sample-input.ts';

const other = { kind: 'domain', id: '9', name: 'clone', host: 'alpha', alive: true } as const;
const naming = (...users: FileUser[]): FileNaming => ({ host: 'alpha', path: '/i/a', users, unknown: [] });
const found = (fileUsers: readonly FileNaming[] | null, action: 'copy' | 'keep' = 'copy'): unknown =>
  fileUsersCheck
    .judge(sampleInput({ plan: samplePlan(action), fileUsers }))
    .map(({ severity, message }) => ({ severity, message }));

test.each([
  [
    'error',
    { ...other, use: 'writes' },
    "/i/a is also another guest's to write: clone on alpha (running) has it as a disk",
  ],
  [
    'info',
    { ...other, use: 'stands-on' },
    '/i/a will stay on alpha: clone on alpha (running) has a disk that stands on it',
  ],
  [
    'info',
    { ...other, use: 'reads', alive: false },
    '/i/a will stay on alpha: clone on alpha (off) has it as a medium or a disk to read',
  ],
] as const)('%s: %o', (severity, user, message) => {
  expect(found([naming(user)])).toEqual([{ severity, message }]);
});

test('what could not be looked at is said, and bars nothing', () => {
  expect(found([{ ...naming(), unknown: ['"odd" cannot be read'] }])).toEqual([
    { severity: 'info', message: '/i/a will stay on alpha: not known: "odd" cannot be read' },
  ]);
});

test('nobody else, no copy, no answer', () => {
  expect(found([naming()])).toMatchObject([{ severity: 'ok' }]);
  expect(found(null, 'keep')).toMatchObject([{ severity: 'ok' }]);
  expect(found(null)).toMatchObject([{ severity: 'unknown' }]);
});
