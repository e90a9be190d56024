import { expect, test } from 'vitest';
import { usedHours } from './instance-profile.ts';

const at = (hour: number): string => new Date(Date.UTC(2026, 0, 1, hour)).toISOString();

test.each([
  ['all the time', 0, null, 3],
  ['from its first run on', 4, null, 2],
  ['until it was deleted', 0, 5, 2],
  ['from first run to deletion', 4, 5, 1],
  ['not when it was deleted before', 0, 2, 0],
  ['not when it ran later', 7, null, 0],
  ['not when it never ran', null, null, 0],
])('an instance counts %s', (_, launched, deleted, hours) => {
  const life = {
    launchedAt: launched === null ? null : at(launched),
    deletedAt: deleted === null ? null : at(deleted),
  };
  expect(usedHours(life, at(3), at(6))).toBe(hours);
});
