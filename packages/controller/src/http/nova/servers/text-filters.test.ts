import { describe, expect, test } from 'vitest';
import type { ServerRecord } from '../../../store/instances/server-record.ts';
import { NovaFault } from '../nova-fault.ts';
import { textFilters } from './text-filters.ts';

const server = (name: string): ServerRecord => ({ instance: { name } }) as unknown as ServerRecord;
const matches = (pattern: string, name: string): boolean =>
  textFilters({ name: pattern }).every((filter) => filter(server(name)));

describe('patterns of names', () => {
  test.each([
    ['web', 'my-web-1', true],
    ['^WEB', 'web-1', true],
    ['web$', 'web-1', false],
    ['w.b|db[0-9]+', 'db12', true],
    ['.*', 'whatever', true],
  ])('%s on %s: %s', (pattern, name, found) => {
    expect(matches(pattern, name)).toBe(found);
  });

  test.each(['^(a+)+$', '(a|a)*$', '(.*a){25}', '^(([a-z])+.)+[A-Z]([a-z])+$'])(
    '%s does not take longer and longer on a text that nearly fits',
    (pattern) => {
      const begin = process.cpuUsage();
      const filters = textFilters({ name: pattern });
      for (let turn = 0; turn < 20; turn += 1)
        for (const filter of filters) filter(server(`${'a'.repeat(200)}!`));
      const { user, system } = process.cpuUsage(begin);
      // Backtracking takes longer than the world lasts.
      expect((user + system) / 1_000_000).toBeLessThan(10);
    },
  );

  test.each(['(', '(?=a)', String.raw`(a)\1`, 'a'.repeat(256), '(x{500}){500}'])(
    'what is no such pattern is refused: %s',
    (pattern) => {
      expect(() => textFilters({ name: pattern })).toThrow(NovaFault);
    },
  );

  test.each(['web', '^web-[0-9]+$', 'w.b|db[0-9]+', '.*a.*b.*'])(
    '%s is let through on twenty thousand names, however busy the machine is',
    (pattern) => {
      const [filter] = textFilters({ name: pattern });
      const name = server('web-production-17');
      for (let count = 0; count < 20_000; count += 1) expect(typeof filter?.(name)).toBe('boolean');
    },
  );

  test('one that takes too long on all servers together is refused, and ends', () => {
    const [filter] = textFilters({ name: '(.{1,300}){3}x' });
    const all = (): void => {
      for (let count = 0; count < 100_000; count += 1) filter?.(server('y'.repeat(255)));
    };
    expect(all).toThrow(/too long to match.* instructions/);
  });
});
