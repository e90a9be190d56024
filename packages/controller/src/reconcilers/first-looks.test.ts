import type { DomainPower } from '@ferry/hypervisor';
import { drift, type Host, type Sighting } from '@ferry/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstLookAt, FirstLooks, type HostLook } from './first-looks.ts';

const id = 'web';
const hostIds = ['a', 'b', 'c', 'd'] as const;

/** What a host told of the guest; `absent`: it answers and has none. */
const told = fc.oneof(
  fc.constant('silent' as const),
  fc.constant('absent' as const),
  fc.record({
    power: fc.constantFrom('running', 'paused', 'shutoff', 'crashed', 'suspended'),
    reason: fc.constantFrom('booted', 'migrated', 'migrating', 'post-copy', 'post-copy failed', 'failed'),
  }),
);

function looksOf(all: readonly (DomainPower | 'silent' | 'absent')[]): HostLook[] {
  return all.map((one, index) => ({
    host: { id: hostIds[index], name: `compute-${index}` } as unknown as Host,
    powers: one === 'silent' ? null : new Map(one === 'absent' ? [] : [[id, one]]),
    reason: one === 'silent' ? 'no answer' : '',
  }));
}

function kindsOf(seen: ReadonlyMap<string, Sighting>): unknown {
  return Object.fromEntries([...seen].map(([host, { kind }]) => [host, kind]));
}

test('what is told of a guest decides as all that was seen does', () => {
  const rounds = fc.array(told, {
    minLength: 1,
    maxLength: hostIds.length,
  });
  const kinds = new Set<string>();
  fc.assert(
    fc.property(rounds, fc.constantFrom(...hostIds, 'gone'), (all, hostId) => {
      const looks = looksOf(all);
      const recorded = { hostId, powerState: 'running', fault: null } as const;
      const whole = drift(recorded, firstLookAt(id, looks));
      kinds.add(whole.kind);
      expect(drift(recorded, new FirstLooks(looks).telling(id, hostId))).toEqual(whole);
    }),
    { numRuns: 2_000 },
  );
  expect([...kinds]).toEqual(expect.arrayContaining(['as-recorded', 'moved', 'two-runners', 'vanished']));
});

test('of many hosts that have nothing only the own one is told', () => {
  const running: DomainPower = { power: 'running', reason: 'booted' };
  const looks = looksOf(['absent', running, 'absent', 'silent']);
  const shown = new FirstLooks(looks);
  expect(kindsOf(shown.telling(id, 'a'))).toEqual({ a: 'absent', b: 'present', d: 'unreachable' });
  expect(kindsOf(shown.telling(id, 'b'))).toEqual({ b: 'present', d: 'unreachable' });
  expect(shown.powerOn('b', id)).toBe('running');
  expect(shown.powerOn('d', id)).toBeUndefined();
});
