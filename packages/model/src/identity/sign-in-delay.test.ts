import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countedAddress, signInDelayMs, signInMemoryMs } from './sign-in-delay.ts';

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['local', 'local'],
  ['2001:db8:0:1::7', '2001:db8:0:1::/64'],
  ['2001:db8:0:1:aaaa:bbbb:cccc:dddd', '2001:db8:0:1::/64'],
  ['2001:0DB8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
])('%s counts as %s', (address, expected) => {
  expect(countedAddress(address)).toBe(expected);
});

test.each([
  ['user-at-address', 4, 0],
  ['user-at-address', 5, 1_000],
  ['user-at-address', 8, 8_000],
  ['user-at-address', 40, 300_000],
  ['address', 19, 0],
  ['address', 21, 2_000],
  ['user', 25, 5_000],
  ['user', 500, 5_000],
] as const)('%s: after %i failures the next attempt waits %i ms', (counter, failures, expected) => {
  expect(signInDelayMs(counter, { failures, lastAtMs: 1_000 }, 1_000)).toBe(expected);
});

test('nothing is held up without a failure, and old ones are forgotten', () => {
  expect(signInDelayMs('user-at-address', null, 0)).toBe(0);
  expect(signInDelayMs('user-at-address', { failures: 100, lastAtMs: 0 }, signInMemoryMs)).toBe(0);
});

test('the wait grows with failures, shrinks with time, and is never longer than its bound, whatever the clock does', () => {
  const counters = fc.constantFrom('user-at-address' as const, 'address' as const, 'user' as const);
  const time = fc.integer({ min: 0, max: 10_000_000 });
  fc.assert(
    fc.property(counters, fc.nat(2_000), time, time, (counter, failures, lastAtMs, nowMs) => {
      const delay = signInDelayMs(counter, { failures, lastAtMs }, nowMs);
      expect(delay).toBeGreaterThanOrEqual(0);
      expect(delay).toBeLessThanOrEqual(counter === 'user' ? 5_000 : 300_000);
      expect(signInDelayMs(counter, { failures: failures + 1, lastAtMs }, nowMs)).toBeGreaterThanOrEqual(
        delay,
      );
      const later = Math.max(nowMs, lastAtMs);
      expect(signInDelayMs(counter, { failures, lastAtMs }, later + 1)).toBeLessThanOrEqual(
        signInDelayMs(counter, { failures, lastAtMs }, later),
      );
    }),
  );
});
