import { expect, test } from 'vitest';
import { textWidth } from './text-width.ts';

test.each([
  ['', 0],
  ['compute11', 9],
  ['Köln', 4],
  ['Ko\u{308}ln', 4],
  ['虚拟机', 6],
  ['한국', 4],
  ['ｆｕｌｌ', 8],
  ['🚀', 2],
  ['❤️', 2],
  ['👩‍👩‍👧', 2],
  ['🇩🇪', 2],
  ['a\u{200b}b', 2],
  ['\u{fffd}', 1],
])('%j takes %i columns', (text, columns) => {
  expect(textWidth(text)).toBe(columns);
});
