import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sentenceReader } from './sentence-reader.ts';
import { findingTitlesZh } from './zh/finding-titles.ts';
import { sentencesZh } from './zh/sentences.ts';

const root = join(import.meta.dirname, '../../../..');
const sources = globSync('packages/{controller,model}/src/**/*.ts', { cwd: root })
  .filter((file) => !/\.test(?:-support)?\.ts$/.test(file))
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\n');
const read = sentenceReader(sentencesZh);

/** Phases as the sources write them, with a word in place of each value. */
const phases = [...sources.matchAll(/setPhase\(\s*context,\s*(?:`([^`]*)`|'([^']*)'),?\s*\)/g)].map(
  ([, template, plain]) => (template ?? plain ?? '').replace(/\$\{[^}]*\}/g, 'X1'),
);

const names = (text: string): string[] =>
  [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').toSorted();

describe('sentences of the controller in Chinese', () => {
  test('each phase of a migration is known', () => {
    expect(phases.length).toBeGreaterThan(40);
    expect(phases.filter((phase) => !/[一-鿿]/.test(read(phase)))).toEqual([]);
  });

  test('each that is known is one that the controller says', () => {
    const unsaid = sentencesZh.filter(([english]) => {
      const fixed = english
        .split(/\{\w+\}|^(?:perform|peer-to-peer)|; /)
        .filter((part) => part.trim().length > 3);
      return fixed.some((part) => !sources.includes(part.trim()));
    });
    expect(unsaid).toEqual([]);
  });

  test('both have the same values', () => {
    expect(
      sentencesZh.filter(([english, chinese]) => String(names(english)) !== String(names(chinese))),
    ).toEqual([]);
  });

  test('values go where they belong; what fits nothing stays as it is', () => {
    expect(read('prepare: compute11 tries the way to compute12')).toBe(
      '准备：compute11 测试到 compute12 的通路',
    );
    expect(read('moved')).toBe('已迁移');
    expect(read('the disk is full')).toBe('the disk is full');
  });
});

test('each check of a move and each rule of the doctor has a title in Chinese', () => {
  const checks = [...sources.matchAll(/const code = '([a-z-]+)';/g)].map(([, code]) => code ?? '');
  const rules = [
    ...readFileSync(join(root, 'docs/reference/doctor.md'), 'utf8').matchAll(/^\| `([a-z-]+)` \|/gm),
  ].map(([, code]) => code ?? '');
  expect(checks.length + rules.length).toBeGreaterThan(60);
  expect([...new Set([...checks, ...rules])].filter((code) => !(code in findingTitlesZh))).toEqual([]);
});
