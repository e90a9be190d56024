import { expect, test } from 'vitest';
import { parseAnswer } from './guest-answer.ts';

test('an answer is read with all its counters', () => {
  const text = 'p7\nid=00ff count=3 uptimeMs=1200 touched=5 passes=1 bad=0 records=2 sum=busy';
  expect(parseAnswer(text)).toEqual({
    id: '00ff',
    count: 3,
    uptimeMs: 1200,
    touched: 5,
    passes: 1,
    bad: 0,
    records: 2,
    sum: 'busy',
  });
});

test('what is no answer is null', () => {
  expect(parseAnswer('hello')).toBeNull();
});
