import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandLines, type WrittenLine, whyNoCommand } from './command-lines.ts';

const root = join(import.meta.dirname, '../..');

/** Documents for those who use Ferry. Decisions tell of what was, and stay as they are. */
function documents(): string[] {
  const found = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  return [
    'README.md',
    'CHANGELOG.md',
    ...found
      .filter((name) => name.endsWith('.md') && !name.startsWith('decisions/'))
      .map((name) => `docs/${name}`),
  ].toSorted();
}

const lines = (file: string): WrittenLine[] => commandLines(file, readFileSync(join(root, file), 'utf8'));

test('each command line of the documents is one that there is', async () => {
  const all = documents().flatMap(lines);
  expect(all.length).toBeGreaterThan(200);
  const wrong: string[] = [];
  for (const one of all) {
    const why = await whyNoCommand(one);
    if (why !== null) wrong.push(`${one.file}:${one.line}: ${one.words.join(' ')}: ${why}`);
  }
  expect(wrong).toEqual([]);
});

const why = (words: string): Promise<string | null> => whyNoCommand({ words: words.split(' ') });

test('what is read of a document, and what is wrong with a command line', async () => {
  const text = [
    'In a sentence `ferry live-migrate` is short, and `ferry migration confirm|revert ID` stands for two.',
    '```sh',
    "$ FERRY_DATA=/x sudo ferry host add 'qemu+ssh://root@h/system' --name h   # a comment",
    'ferry migration list | grep web; ferry nothing',
    'ferry live-migrate web \\',
    '  compute12 --wait > log',
    'systemctl restart ferry',
    'dpkg -i ferry_0.1.0_amd64.deb',
    '```',
  ].join('\n');
  const found = commandLines('x.md', text);
  expect(found.map(({ line, words }) => [line, ...words.slice(1)])).toEqual([
    [1, 'live-migrate'],
    [3, 'host', 'add', 'qemu+ssh://root@h/system', '--name', 'h'],
    [4, 'migration', 'list'],
    [6, 'live-migrate', 'web', 'compute12', '--wait'],
  ]);
  expect(await Promise.all(found.map(whyNoCommand))).toEqual([null, null, null, null]);
  expect(await why('ferry live-migrate web --colour red')).toContain("unknown option '--colour'");
  expect(await why('ferry livemigrate web')).toContain("unknown command 'livemigrate'");
  expect(await why('ferry live-migrate')).toContain("missing required argument 'instance'");
  expect(await why('ferry migration list -o csv')).toContain('csv');
});
