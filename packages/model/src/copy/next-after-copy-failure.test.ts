import { expect, test } from 'vitest';
import { copyFailureCodes, nextAfterCopyFailure } from './next-after-copy-failure.ts';

const first = { triesInVain: 1, tries: 1 };

test('what comes of a first failure', () => {
  expect(
    Object.fromEntries(copyFailureCodes.map((code) => [code, nextAfterCopyFailure(code, first)])),
  ).toEqual({
    'no-shell': 'again',
    'no-python': 'streams',
    'no-connection': 'streams',
    'not-trusted': 'streams',
    stalled: 'again',
    broken: 'again',
    'disk-full': 'give-up',
    'no-file': 'streams',
    exists: 'give-up',
    denied: 'streams',
    busy: 'again',
    'source-changed': 'again',
    differs: 'again',
    aborted: 'give-up',
    other: 'give-up',
  });
});

test('a connection that breaks again and again is worth a try as long as more arrives each time', () => {
  expect(nextAfterCopyFailure('broken', { triesInVain: 1, tries: 50 })).toBe('again');
  expect(nextAfterCopyFailure('broken', { triesInVain: 5, tries: 5 })).toBe('give-up');
});

test('a file that changes under a second try too is given up', () => {
  expect(nextAfterCopyFailure('source-changed', { triesInVain: 1, tries: 2 })).toBe('give-up');
});
