import { expect, test } from 'vitest';
import { KeptReadings } from './kept-readings.ts';

const refuse = (): string => {
  throw new Error('no XML');
};

test('a text is read once, and another one is another reading', () => {
  const read: string[] = [];
  const kept = new KeptReadings<{ length: number }>(100);
  const length = (text: string): { length: number } => {
    read.push(text);
    return { length: text.length };
  };
  expect([kept.of('one', length), kept.of('three', length), kept.of('one', length)]).toEqual([
    { length: 3 },
    { length: 5 },
    { length: 3 },
  ]);
  expect(read).toEqual(['one', 'three']);
});

test('no more is kept than may be: what was asked for longest ago goes first', () => {
  const read: string[] = [];
  const kept = new KeptReadings<string>(6);
  const same = (text: string): string => {
    read.push(text);
    return text;
  };
  for (const text of ['aaa', 'bbb', 'aaa', 'ccc', 'aaa', 'bbb']) kept.of(text, same);
  expect(read).toEqual(['aaa', 'bbb', 'ccc', 'bbb']);
  expect(kept.size).toBe(2);
  // One that is longer than all that may be kept is read each time.
  kept.of('longer than that', same);
  expect(kept.size).toBe(0);
});

test('what cannot be read is thrown each time', () => {
  const kept = new KeptReadings<string>(100);
  expect(() => kept.of('x', refuse)).toThrow('no XML');
  expect(() => kept.of('x', refuse)).toThrow('no XML');
  expect(kept.size).toBe(0);
});
