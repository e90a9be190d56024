import { expect, test } from 'vitest';
import type { PresentSighting, Sighting } from '../migration/sighting.ts';
import { targetVerdict } from './target-verdict.ts';

const present = (state: PresentSighting['state'], reason = 'unknown'): Sighting => ({
  kind: 'present',
  state,
  reason,
  persistent: true,
  job: 'none',
});
const none = { refused: false, mayRun: false, persistent: true };

test.each([
  { target: { kind: 'unreachable', reason: 'no answer' }, orders: none, verdict: 'unknown' },
  { target: { kind: 'absent' }, orders: none, verdict: 'never-ran' },
  { target: { kind: 'absent' }, orders: { ...none, mayRun: true }, verdict: 'never-ran' },
  { target: { kind: 'absent' }, orders: { ...none, mayRun: true, persistent: false }, verdict: 'unknown' },
  { target: present('running'), orders: none, verdict: 'runs' },
  { target: present('paused'), orders: none, verdict: 'unknown' },
  { target: present('paused'), orders: { ...none, refused: true }, verdict: 'cannot' },
  { target: present('paused'), orders: { ...none, refused: true, mayRun: true }, verdict: 'unknown' },
  { target: present('shutoff', 'failed'), orders: { ...none, mayRun: true }, verdict: 'never-ran' },
  { target: present('shutoff', 'shutdown'), orders: { ...none, mayRun: true }, verdict: 'unknown' },
  { target: present('crashed'), orders: none, verdict: 'never-ran' },
  { target: present('other'), orders: none, verdict: 'unknown' },
] as const)('$target.kind $target.state after $orders is $verdict', ({ target, orders, verdict }) => {
  expect(targetVerdict(target, orders)).toBe(verdict);
});
