import { describe, expect, test } from 'vitest';
import { builtInPolicy, type PolicyValues } from '../policy/policy-values.ts';
import { type StrategyFacts, transferStrategy } from './transfer-strategy.ts';

const mebibyte = 1024 ** 2;

function facts(values: Partial<PolicyValues>, more: Partial<StrategyFacts> = {}): StrategyFacts {
  return {
    values: { ...builtInPolicy, ...values },
    downtimeFrom: 'policy',
    memoryBytes: 1024 * mebibyte,
    libvirt: { source: 12_009_000, target: 12_009_000 },
    qemu: { source: 10_000_000 },
    freshDisks: [],
    encryption: null,
    smallHotSet: null,
    ...more,
  };
}
const old = { libvirt: { source: 9_000_000, target: 12_009_000 } } as const;

test('where nobody says anything the hypervisor is told nothing', () => {
  expect(transferStrategy(facts({}))).toEqual({
    bandwidthBytesPerSecond: null,
    downtimeMs: null,
    limitMs: null,
    availSwitchoverBytesPerSecond: null,
    parallelConnections: null,
    compression: 'none',
    xbzrleCacheBytes: null,
    throttle: null,
    zeroTargets: [],
    encrypted: false,
    words: [],
  });
});

describe('downtime', () => {
  test("a policy's large budget is not used at once, a request's is", () => {
    const policy = transferStrategy(facts({ maxDowntimeMs: 2_000 }));
    expect(policy).toMatchObject({ downtimeMs: 300, limitMs: 300 });
    expect(policy.words[0]).toContain('the budget of 2000 ms is used only if it does not converge');
    const request = transferStrategy(facts({ maxDowntimeMs: 2_000 }, { downtimeFrom: 'request' }));
    expect(request).toMatchObject({ downtimeMs: 2_000, limitMs: 2_000 });
  });

  test('the rate of the link is told where both libvirts and QEMU can be', () => {
    const values = {
      maxDowntimeMs: 300,
      bandwidthBytesPerSecond: 20 * mebibyte,
      linkBytesPerSecond: 200 * mebibyte,
    };
    // 50 ms of it are what a switch-over takes beside memory.
    expect(transferStrategy(facts(values))).toMatchObject({
      limitMs: 250,
      availSwitchoverBytesPerSecond: 200 * mebibyte,
    });
  });

  test('else the limit is budget × link ÷ cap', () => {
    const values = {
      maxDowntimeMs: 300,
      bandwidthBytesPerSecond: 20 * mebibyte,
      linkBytesPerSecond: 200 * mebibyte,
    };
    for (const host of [old, { qemu: { source: 8_001_000 } }])
      expect(transferStrategy(facts(values, host))).toMatchObject({
        limitMs: 2_500,
        availSwitchoverBytesPerSecond: null,
      });
  });
});

test('throttling goes from the first to the most in four steps, and not where it could not help last time', () => {
  const values = { throttleFirstPercent: 20, throttleMaxPercent: 60 };
  expect(transferStrategy(facts(values)).throttle).toEqual({ firstPercent: 20, stepPercent: 10 });
  const hot = transferStrategy(facts(values, { smallHotSet: true }));
  expect(hot.throttle).toBeNull();
  expect(hot.words.join()).toContain('does not throttle the guest, though that is allowed');
});

test("deltas have a cache of a quarter of the guest's memory, a power of two", () => {
  expect(transferStrategy(facts({ compression: 'xbzrle' })).xbzrleCacheBytes).toBe(256 * mebibyte);
  const odd = { memoryBytes: 1_500 * mebibyte };
  expect(transferStrategy(facts({ compression: 'xbzrle' }, odd)).xbzrleCacheBytes).toBe(256 * mebibyte);
  const small = { memoryBytes: 64 * mebibyte };
  expect(transferStrategy(facts({ compression: 'xbzrle' }, small)).xbzrleCacheBytes).toBe(64 * mebibyte);
});

test('targets that hold zeros are told from libvirt 12.2 on', () => {
  const fresh = { freshDisks: ['vda'] };
  expect(transferStrategy(facts({}, fresh)).zeroTargets).toEqual(['vda']);
  expect(transferStrategy(facts({}, { ...fresh, ...old })).zeroTargets).toEqual([]);
});

describe('encryption', () => {
  const can = { encryption: { can: true, because: 'certificates' } } as const;
  test.each([
    { wish: 'where-possible', more: can, encrypted: true },
    { wish: 'required', more: can, encrypted: true },
    { wish: 'none', more: can, encrypted: false },
    { wish: 'where-possible', more: { encryption: { can: false, because: 'none' } }, encrypted: false },
    { wish: 'where-possible', more: {}, encrypted: false },
  ] as const)('$wish: $encrypted', ({ wish, more, encrypted }) => {
    expect(transferStrategy(facts({ encryption: wish }, more)).encrypted).toBe(encrypted);
  });

  test('before libvirt 10.3 disks do not go encrypted over parallel connections: memory goes over one', () => {
    const values = { parallelConnections: 4 };
    const both = { ...can, ...old, freshDisks: ['vda'] };
    expect(transferStrategy(facts(values, both))).toMatchObject({
      encrypted: true,
      parallelConnections: null,
    });
    expect(transferStrategy(facts(values, { ...both, freshDisks: [] })).parallelConnections).toBe(4);
    expect(transferStrategy(facts({ ...values, encryption: 'none' }, both)).parallelConnections).toBe(4);
  });
});
