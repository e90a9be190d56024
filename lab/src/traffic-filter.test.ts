import { expect, test } from 'vitest';
import { dropRules } from './traffic-filter.ts';

test('packets to an address are dropped when they leave', () => {
  expect(dropRules('t', { to: '203.0.113.12' })).toBe(
    'add table inet t\n' +
      'add chain inet t leaving { type filter hook output priority 0; }\n' +
      'add rule inet t leaving ip daddr 203.0.113.12 drop\n',
  );
});

test('a port means TCP on either end', () => {
  const rules = dropRules('t', { from: '203.0.113.12', port: 16509 });
  expect(rules).toContain('coming ip saddr 203.0.113.12 tcp sport 16509 drop');
  expect(rules).toContain('coming ip saddr 203.0.113.12 tcp dport 16509 drop');
  expect(rules).not.toContain('leaving');
});
