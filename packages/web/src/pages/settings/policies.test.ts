import { expect, test } from 'vitest';
import { linesOfValues, valuesOfLines } from './policies.tsx';

test('what a policy says is read from lines as it is written into them', () => {
  const values = { maxDowntimeMs: 300, deadlineMs: null, postCopy: 'never' } as const;
  expect(linesOfValues(values)).toBe('maxDowntimeMs=300\ndeadlineMs=null\npostCopy=never');
  expect(valuesOfLines(`\n ${linesOfValues(values)} \n`)).toEqual(values);
});
