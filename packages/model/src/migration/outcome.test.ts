import { describe, expect, test } from 'vitest';
import { outcome } from './outcome.ts';
import type { PresentSighting, Sighting } from './sighting.ts';

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
const booted = shows('running', 'booted');
const canceled = shows('running', 'migration canceled');
const migrated = shows('running', 'migrated');

/** The rows of the measured recovery table: what both sides showed after the fault, and who owned the instance. */
const rows: readonly (readonly [phase: string, fault: string, Sighting, Sighting, string])[] = [
  ['prepare', 'target libvirtd frozen', shows('running', 'booted', 'active'), down, 'running'],
  ['prepare', 'target libvirtd killed', booted, gone, 'stayed runs'],
  ['prepare', 'source libvirtd killed', booted, gone, 'stayed runs'],
  ['perform', 'source QEMU killed', shows('shutoff', 'crashed'), gone, 'stayed off'],
  ['perform', 'target QEMU killed', booted, gone, 'stayed runs'],
  ['perform', 'source libvirtd killed', booted, gone, 'stayed runs'],
  ['perform', 'target libvirtd killed', booted, gone, 'stayed runs'],
  [
    'perform',
    'client killed, p2p: goes on',
    shows('running', 'booted', 'active'),
    shows('paused', 'migrating', 'active'),
    'running',
  ],
  ['perform', 'client killed, p2p: at its end', gone, migrated, 'moved runs'],
  ['perform', 'client killed, direct', booted, gone, 'stayed runs'],
  ['perform', 'network dropped for ever', booted, down, 'stayed runs'],
  ['perform', 'network dropped 6 s', gone, migrated, 'moved runs'],
  ['perform', 'target power-off', booted, down, 'stayed runs'],
  ['perform', 'source power-off, after its reboot', shows('shutoff', 'unknown'), gone, 'stayed off'],
  ['perform', 'source power-off, before its reboot', down, gone, 'unknown'],
  ['perform→finish', 'target libvirtd frozen 29 s', canceled, gone, 'stayed runs'],
  ['finish', 'target libvirtd killed', canceled, gone, 'stayed runs'],
  ['finish', 'target libvirtd killed, not back yet', canceled, down, 'unknown'],
  ['finish', 'target QEMU killed', canceled, gone, 'stayed runs'],
  ['finish', 'source libvirtd killed', shows('paused', 'migrating'), gone, 'stayed needs-resume'],
  ['finish', 'source QEMU killed', gone, migrated, 'moved runs'],
  ['finish', 'network lost both ways before Finish', canceled, shows('shutoff', 'failed'), 'stayed runs'],
  ['finish', 'reply lost, shared disk', shows('paused', 'unknown'), migrated, 'moved runs'],
  ['finish', 'reply lost, local disks', canceled, migrated, 'unknown'],
  ['confirm', 'source libvirtd killed', shows('paused', 'migrating'), migrated, 'moved runs'],
  ['confirm', 'source power-off, after its reboot', shows('shutoff', 'unknown'), migrated, 'moved runs'],
  ['confirm', 'source power-off, before its reboot', down, migrated, 'unknown'],
  ['finish, direct', 'client killed', shows('paused', 'migrating'), gone, 'stayed needs-resume'],
  [
    'post-copy',
    'no fault, under way',
    shows('paused', 'post-copy', 'active'),
    shows('running', 'post-copy', 'active'),
    'running',
  ],
  [
    'post-copy',
    'source QEMU killed',
    shows('shutoff', 'crashed', 'active'),
    shows('running', 'post-copy failed'),
    'unknown',
  ],
  [
    'post-copy',
    'target QEMU killed',
    shows('paused', 'post-copy failed', 'active'),
    shows('shutoff', 'crashed'),
    'unknown',
  ],
  ['post-copy', 'source libvirtd killed, at its end', shows('shutoff', 'migrated'), migrated, 'moved runs'],
  [
    'post-copy',
    'target libvirtd killed, at first',
    shows('paused', 'post-copy failed', 'active'),
    down,
    'unknown',
  ],
  [
    'post-copy',
    'target libvirtd killed, restarted',
    shows('shutoff', 'migrated'),
    shows('running', 'post-copy'),
    'moved runs',
  ],
  ['post-copy', 'target libvirtd killed, at its end', shows('shutoff', 'migrated'), migrated, 'moved runs'],
  [
    'post-copy',
    'network reset',
    shows('paused', 'post-copy failed'),
    shows('running', 'post-copy failed'),
    'unknown',
  ],
  ['block copy', 'any kill or abort', booted, gone, 'stayed runs'],
];

/** The decision rule's own lines, and what no row of the table shows. */
const rules: typeof rows = [
  ['rule 4', 'postmigrate, target does not answer', shows('paused', 'migrating'), down, 'unknown'],
  ['rule 4', 'the same after a lost reply', shows('paused', 'unknown'), down, 'unknown'],
  ['rule 5', 'both run', booted, migrated, 'unknown'],
  [
    'rule 3',
    'target ran and crashed: source memory is stale',
    shows('paused', 'migrating'),
    shows('shutoff', 'crashed'),
    'unknown',
  ],
  ['rule 7', 'nobody has it', gone, gone, 'unknown'],
  ['rule 7', 'source off, target silent', shows('shutoff', 'crashed'), down, 'unknown'],
  ['', 'guest shut itself down after the move', gone, shows('shutoff', 'shutdown'), 'moved off'],
  ['', 'a paused guest moved', gone, shows('paused', 'user'), 'moved paused'],
  ['', 'a paused guest stayed', shows('paused', 'user'), gone, 'stayed paused'],
  ['', 'both paused, no job', shows('paused', 'migrating'), shows('paused', 'migrating'), 'unknown'],
  ['', 'neither answers', down, down, 'unknown'],
  ['', 'a state without a rule', shows('other', 'pmsuspended'), gone, 'unknown'],
];

describe('outcome', () => {
  test.each([...rows, ...rules])('%s: %s', (_phase, _fault, source, target, expected) => {
    const found = outcome(source, target);
    expect('guest' in found ? `${found.kind} ${found.guest}` : found.kind).toBe(expected);
  });

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

  test('after post-copy began the source is never the owner', () => {
    const began = pairs.filter(({ source, target }) =>
      [source, target].some((one) => one.kind === 'present' && one.reason.startsWith('post-copy')),
    );
    expect(began.filter(({ source, target }) => outcome(source, target).kind === 'stayed')).toEqual([]);
  });
});
