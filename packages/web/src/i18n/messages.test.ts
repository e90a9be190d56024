import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { en } from './en.ts';
import { zh } from './zh.ts';

const source = join(import.meta.dirname, '..');
const text = globSync('**/*.{ts,tsx}', { cwd: source })
  .filter((file) => !/^i18n\/(?:en|zh)\b/.test(file) && !file.includes('.test.'))
  .map((file) => readFileSync(join(source, file), 'utf8'))
  .join('\n');
const names = (message: string): string[] =>
  [...message.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').toSorted();

test('both languages have the same messages, with the same values in them', () => {
  expect(Object.keys(zh)).toEqual(Object.keys(en));
  const differ = Object.entries(en).filter(([key, message]) => {
    return String(names(message)) !== String(names(zh[key as keyof typeof zh]));
  });
  expect(differ).toEqual([]);
});

test('no message is kept that nothing says', () => {
  expect(Object.keys(en).filter((key) => !text.includes(`'${key}'`))).toEqual([]);
});

test('what is Chinese is in Chinese', () => {
  const alike = Object.keys(en).filter((key) => {
    const [one, other] = [en[key as keyof typeof en], zh[key as keyof typeof zh]] as [string, string];
    return one === other;
  });
  expect(alike).toEqual(['host.memory', 'id']);
});
