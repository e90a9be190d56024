import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { eventMessages } from './events/libvirt-event.ts';
import { procedures } from './procedures/procedures.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('the README counts procedures and events as they are', () => {
  expect(readme).toContain(`${Object.keys(procedures).length} procedures`);
  expect(readme).toContain(`${Object.keys(eventMessages).length} kinds`);
});
