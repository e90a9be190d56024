import { describe, expect, test } from 'vitest';
import { outcome as judge } from './outcome.ts';
import type { PresentSighting, Sighting } from './sighting.ts';
import type { Expected, Outcome } from './transfer-outcome.ts';

const expectations: readonly Expected[] = [true, false].flatMap((arrivesPaused) =>
  [true, false].map((persistent) => ({ arrivesPaused, persistent })),
);
const gone: Sighting = { kind: 'absent' };
const down: Sighting = { kind: 'unreachable', reason: 'no route to host' };
function shows(
  state: PresentSighting['state'],
  reason: string,
  job: PresentSighting['job'] = 'none',
): Sighting {
  return { kind: 'present', state, reason, job, persistent: true };
}
const isRunning = (one: Sighting): boolean => one.kind === 'present' && one.state === 'running';

describe.each(expectations)(
  'outcome, arrives paused: $arrivesPaused, persistent: $persistent',
  (expected) => {
    const outcome = (source: Sighting, target: Sighting): Outcome => judge(source, target, expected);
    const states = ['running', 'paused', 'shutoff', 'crashed', 'other'] as const;
    const reasons = [
      'booted',
      'migrated',
      'migrating',
      'migration canceled',
      'post-copy',
      'post-copy failed',
      'failed',
      'crashed',
      'unknown',
      'user',
    ];
    const all: Sighting[] = [gone, down];
    for (const state of states) {
      for (const reason of reasons) all.push(shows(state, reason), shows(state, reason, 'active'));
    }
    const pairs = all.flatMap((source) => all.map((target) => ({ source, target })));

    test('never lets the source run on unless the target answers that it has no guest', () => {
      const resumed = pairs.filter(({ source, target }) => {
        const found = outcome(source, target);
        return found.kind === 'stayed' && found.guest === 'needs-resume';
      });
      expect(resumed.length).toBeGreaterThan(0);
      const wrong = resumed.filter(
        ({ target }) =>
          target.kind === 'unreachable' || (target.kind === 'present' && target.state !== 'shutoff'),
      );
      expect(wrong).toEqual([]);
    });

    test('never says moved while the source runs, nor stayed while the target runs', () => {
      const wrong = pairs.filter(({ source, target }) => {
        const { kind } = outcome(source, target);
        return (kind === 'moved' && isRunning(source)) || (kind === 'stayed' && isRunning(target));
      });
      expect(wrong).toEqual([]);
    });

    test('lets the target run only what stands still, whole, at both', () => {
      const arrived = pairs.filter(({ source, target }) => outcome(source, target).kind === 'arrived');
      expect(arrived.length > 0).toBe(expected.arrivesPaused);
      for (const { source, target } of arrived) {
        expect(source).toMatchObject({ state: 'paused', job: 'none' });
        expect(target).toMatchObject({ state: 'paused', job: 'none' });
      }
    });

    test('after post-copy began the source is never the owner', () => {
      const began = pairs.filter(({ source, target }) =>
        [source, target].some((one) => one.kind === 'present' && one.reason.startsWith('post-copy')),
      );
      expect(began.filter(({ source, target }) => outcome(source, target).kind === 'stayed')).toEqual([]);
    });
  },
);
