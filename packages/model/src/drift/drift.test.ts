import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PresentSighting, Sighting } from '../migration/sighting.ts';
import { drift, type Drift } from './drift.ts';
import { hostShows } from './host-shows.ts';

const gone: Sighting = { kind: 'absent' };
const down: Sighting = { kind: 'unreachable', reason: 'no route to host' };
function shows(
  state: PresentSighting['state'],
  reason: string,
  job: PresentSighting['job'] = 'none',
): Sighting {
  return { kind: 'present', state, reason, job, persistent: true };
}
const booted = shows('running', 'booted');
const migrated = shows('running', 'migrated');
const paused = shows('paused', 'user');
const off = shows('shutoff', 'shutdown');

/** The record says host a, where it was last seen running. */
function driftOf(a: Sighting, b: Sighting, c: Sighting = gone): Drift {
  const shown = new Map([
    ['a', a],
    ['b', b],
    ['c', c],
  ]);
  return drift({ hostId: 'a', powerState: 'running', fault: null }, shown);
}
const movedTo = (hostId: string, guest: 'runs' | 'paused' | 'off') => ({ kind: 'moved', hostId, guest });
const stale = (...hostIds: string[]) => ({ kind: 'stale-copy', hostIds });
const ambiguous = (because: string) => ({ kind: 'ambiguous', because });

describe('an instance on host a', () => {
  test.each<[when: string, a: Sighting, b: Sighting, c: Sighting, found: object]>([
    ['runs, nobody else has it', booted, gone, gone, { kind: 'as-recorded' }],
    ['runs, and another host is silent', booted, gone, down, { kind: 'as-recorded' }],
    ['is off', off, gone, gone, { kind: 'as-recorded' }],
    ['stands paused', paused, gone, gone, { kind: 'as-recorded' }],
    ['is being backed up', shows('running', 'booted', 'active'), gone, gone, { kind: 'as-recorded' }],
    ['was moved live by hand', gone, migrated, gone, movedTo('b', 'runs')],
    [
      'was moved live, and its definition left',
      shows('shutoff', 'migrated'),
      migrated,
      gone,
      movedTo('b', 'runs'),
    ],
    [
      'was moved live, and libvirtd died before it was ended',
      shows('paused', 'migrating'),
      migrated,
      gone,
      movedTo('b', 'runs'),
    ],
    [
      'was started elsewhere while its host was off',
      shows('shutoff', 'unknown'),
      booted,
      gone,
      movedTo('b', 'runs'),
    ],
    ['was moved and paused', gone, gone, paused, movedTo('c', 'paused')],
    ['is off, and a paused copy is elsewhere', off, paused, gone, ambiguous('paused elsewhere')],
    ['was moved by its definition', gone, off, gone, movedTo('b', 'off')],
    [
      'was moved by its definition, or runs on a silent host',
      gone,
      off,
      down,
      ambiguous('several definitions'),
    ],
    ['is defined on two others', gone, off, off, ambiguous('several definitions')],
    ['is gone', gone, gone, gone, { kind: 'vanished' }],
    ['is gone, or on a silent host', gone, gone, down, { kind: 'unreachable' }],
    ['has a silent host', down, gone, gone, { kind: 'unreachable' }],
    ['has a silent host, and runs elsewhere', down, migrated, gone, ambiguous('may run on both')],
    ['has a silent host, and is defined elsewhere', down, off, gone, { kind: 'unreachable' }],
    [
      'went to a host that nobody knows',
      shows('shutoff', 'migrated'),
      gone,
      gone,
      ambiguous('moved out of sight'),
    ],
    ['stands still since a switch-over', shows('paused', 'migrating'), gone, gone, ambiguous('stands still')],
    [
      'is just moved by hand: memory is sent',
      shows('running', 'booted', 'active'),
      shows('paused', 'migrating', 'active'),
      gone,
      { kind: 'wait' },
    ],
    [
      'is just moved by hand: the switch-over',
      shows('paused', 'migrating', 'active'),
      migrated,
      gone,
      { kind: 'wait' },
    ],
    [
      'is in post-copy',
      shows('paused', 'post-copy', 'active'),
      shows('running', 'post-copy', 'active'),
      gone,
      { kind: 'wait' },
    ],
    [
      'was lost in post-copy',
      shows('paused', 'post-copy failed'),
      shows('running', 'post-copy failed'),
      gone,
      ambiguous('post-copy failed'),
    ],
    ['runs, and a definition was left elsewhere', booted, gone, off, stale('c')],
    [
      'runs, and a paused rest was left elsewhere',
      booted,
      shows('paused', 'migrating'),
      off,
      stale('b', 'c'),
    ],
    ['is off, and defined elsewhere too', off, off, gone, stale('b')],
    [
      'stands paused, and a paused copy is elsewhere',
      paused,
      paused,
      gone,
      { kind: 'two-copies', hostIds: ['a', 'b'] },
    ],
    [
      'was let go on alone after both were paused',
      paused,
      booted,
      gone,
      { kind: 'two-copies', hostIds: ['a', 'b'] },
    ],
    ['has two copies elsewhere', gone, booted, paused, { kind: 'two-copies', hostIds: ['b', 'c'] }],
  ])('%s', (_when, a, b, c, found) => {
    expect(driftOf(a, b, c)).toEqual(found);
  });
});

describe('of two that run', () => {
  test.each<[when: string, a: Sighting, b: Sighting, withoutGap: string | null]>([
    [
      'a migration was cancelled at its end: the target ran on',
      shows('running', 'migration canceled'),
      migrated,
      'b',
    ],
    ['a second one was booted: the one that was seen before ran on', migrated, booted, 'a'],
    ['one has a job: they run all the same', shows('running', 'booted', 'active'), booted, 'a'],
    [
      'both were let go after a migration: nobody knows',
      shows('running', 'migration canceled'),
      shows('running', 'migration canceled'),
      null,
    ],
  ])('%s', (_when, a, b, withoutGap) => {
    expect(driftOf(a, b)).toEqual({ kind: 'two-runners', hostIds: ['a', 'b'], withoutGap });
  });

  test('elsewhere nothing tells which, nor when its own host is silent', () => {
    expect(driftOf(gone, booted, booted)).toEqual({
      kind: 'two-runners',
      hostIds: ['b', 'c'],
      withoutGap: null,
    });
    expect(driftOf(down, booted, booted)).toMatchObject({ kind: 'two-runners', hostIds: ['b', 'c'] });
  });

  const fault = { message: '', remedy: '', hostIds: [], withoutGap: null, keep: null };
  test.each([
    ['was off', { powerState: 'shutoff', fault: null }],
    ['was out of sight', { powerState: 'running', fault: { ...fault, kind: 'unreachable' } }],
  ] as const)('one that %s at the look before is not known to have run on', (_when, before) => {
    const shown = new Map([
      ['a', booted],
      ['b', booted],
    ]);
    expect(drift({ hostId: 'a', ...before }, shown)).toMatchObject({ withoutGap: null });
  });
});

const reasons = ['booted', 'migrated', 'migrating', 'migration canceled', 'user', 'unknown', 'failed'];
const anySighting: fc.Arbitrary<Sighting> = fc.oneof(
  fc.constant(gone),
  fc.constant(down),
  fc.record({
    kind: fc.constant('present' as const),
    state: fc.constantFrom('running', 'paused', 'shutoff', 'crashed', 'other' as const),
    reason: fc.constantFrom(...reasons, 'post-copy', 'post-copy failed', 'starting up', 'crashed'),
    persistent: fc.boolean(),
    job: fc.constantFrom('none', 'active' as const),
  }),
);
const anyWorld = fc.record({
  powerState: fc.constantFrom('running', 'shutoff', 'unknown' as const),
  sightings: fc.array(anySighting, { minLength: 1, maxLength: 4 }),
});

type Holds = (found: Drift, itsHost: Sighting, others: ReadonlyMap<string, Sighting>) => boolean;

/** What hosts show where something does not hold of what is found; null when it always does. */
function counterexample(holds: Holds): unknown {
  const property = fc.property(anyWorld, ({ powerState, sightings }) => {
    const shown = new Map(sightings.map((one, index) => [`h${index}`, one]));
    const others = new Map([...shown].filter(([id]) => id !== 'h0'));
    return holds(drift({ hostId: 'h0', powerState, fault: null }, shown), shown.get('h0') ?? down, others);
  });
  return fc.check(property, { numRuns: 3000 }).counterexample;
}
const isRunning = (one: Sighting | undefined) => one?.kind === 'present' && one.state === 'running';
const isPostCopy = (one: Sighting) => one.kind === 'present' && one.reason.startsWith('post-copy');
const all = (itsHost: Sighting, others: ReadonlyMap<string, Sighting>): [string, Sighting][] => [
  ['h0', itsHost],
  ...others,
];

/** What its own host shows while it is never taken for moved. */
const neverMoved = ['no answer', 'runs', 'runs with a job', 'paused', 'unclear', 'moving'];

const laws: readonly (readonly [law: string, holds: Holds])[] = [
  [
    'it is never found moved while its own host is silent, runs it, or holds its memory',
    (found, itsHost) => found.kind !== 'moved' || !neverMoved.includes(hostShows(itsHost)),
  ],

  [
    'it is only found moved to a host that has it, and as it is there',
    (found, _itsHost, others) => {
      if (found.kind !== 'moved') return true;
      const there = others.get(found.hostId);
      return there?.kind === 'present' && (found.guest === 'runs') === isRunning(there);
    },
  ],

  [
    'it is never found moved to a paused copy while its own host has it off',
    (found, itsHost) =>
      found.kind !== 'moved' ||
      found.guest === 'runs' ||
      !['off', 'off as failed'].includes(hostShows(itsHost)),
  ],

  [
    'it is only found moved as off where no host is silent and no other has it',
    (found, _itsHost, others) =>
      found.kind !== 'moved' ||
      found.guest !== 'off' ||
      [...others].every(([id, one]) => id === found.hostId || one.kind === 'absent'),
  ],

  [
    'it is found vanished exactly when all hosts answer and none has it',
    (found, itsHost, others) =>
      (found.kind === 'vanished') === all(itsHost, others).every(([, one]) => one.kind === 'absent'),
  ],

  [
    'two that run are found, and all of them named, whatever else is so',
    (found, itsHost, others) => {
      const running = all(itsHost, others).filter(([, one]) => isRunning(one) && !isPostCopy(one));
      const named = found.kind === 'two-runners' ? found.hostIds.join() : '';
      return named === (running.length > 1 ? running.map(([id]) => id).join() : '');
    },
  ],

  [
    'where two stand paused they stay one trouble: they are never taken for well or moved',
    (found, itsHost, others) =>
      all(itsHost, others).filter(([, one]) => hostShows(one) === 'paused').length < 2 ||
      !['as-recorded', 'moved', 'stale-copy'].includes(found.kind),
  ],

  [
    'a copy that is called stale does not run',
    (found, _itsHost, others) =>
      found.kind !== 'stale-copy' ||
      (!found.hostIds.includes('h0') && found.hostIds.every((id) => !isRunning(others.get(id)))),
  ],
];

test.each(laws)('whatever hosts show, %s', (_law, holds) => {
  expect(counterexample(holds)).toBeNull();
});
