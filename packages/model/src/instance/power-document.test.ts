import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { powerActions } from './power-action.ts';

test('docs/states.md has the table of power actions as it is', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../../docs/states.md'), 'utf8');
  const section = text.slice(text.indexOf('\n## Power\n'), text.indexOf('\n## Drift\n'));
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| action'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const told = rows.map(([, action = '', from = '', meanwhile = '', then = '']) => ({
    action: action.replace(', ', '-'),
    from: from.split(', '),
    taskState: meanwhile,
    to: then.split(':')[0],
  }));
  const known = Object.entries(powerActions).map(([action, { from, taskState, to }]) => ({
    action,
    from,
    taskState,
    to,
  }));
  expect(told).toEqual(known);
});
