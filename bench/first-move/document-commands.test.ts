import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { documentCommands, typedCommands } from './document-commands.ts';

test('what is measured is what docs/install.md says, from the package to the move', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/install.md'), 'utf8');
  const typed = typedCommands(documentCommands(text, 'From nothing to a first migration'), [
    'compute1',
    'compute2',
  ]);
  expect(typed[0]).toMatch(/^dpkg -i ferry_.*\.deb$/);
  expect(typed).toContain('runuser -u ferry -- ssh-copy-id root@compute2');
  expect(typed.at(-1)).toBe('ferry live-migrate web compute2 --wait');
});

test('a comment is none of the command, and the next section is none of this one', () => {
  const text =
    '# D\n\n## One\n\n```sh\na b   # c\n\necho "#1"\n```\n\ntext\n\n```sh\nd\n```\n\n## Two\n\n```sh\ne\n```\n';
  expect(documentCommands(text, 'One')).toEqual([
    { command: 'a b', comment: 'c' },
    { command: 'echo "#1"', comment: '' },
    { command: 'd', comment: '' },
  ]);
  expect(() => documentCommands(text, 'Three')).toThrow('no section');
});
