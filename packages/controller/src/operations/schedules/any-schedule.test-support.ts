import fc from 'fast-check';
import type {
  Moment,
  Schedule,
  ScheduledGuest,
  ScheduledMove,
  Strike,
  Trouble,
} from './schedule.test-support.ts';

const mebibyte = 1024 * 1024;

/** Where a fault tells most: what changes something, and what is asked to know whether it did. */
const methods = [
  'peer.prepare',
  'peer.finish',
  'migration.migrateToPeer',
  'migration.openMigrationTarget',
  'migration.begin',
  'migration.prepare',
  'migration.perform',
  'migration.finish',
  'migration.confirm',
  'domains.observe',
  'domains.setAutostart',
  'domains.ensureShutOff',
  'domains.ensureStarted',
  'domains.ensureDefined',
  'domains.ensureUndefined',
  'domains.ensureResumed',
  'domains.ensureStaleCopyRemoved',
  'storage.ensureImage',
  'storage.writeImage',
  'storage.ensureNoImage',
  'migrations.commit',
  'migrations.finish',
  'operations.append',
  'operations.appendAll',
  'operations.close',
] as const;

/** The moments in which a guest changes its host, and those in which it is asked where it is. */
const switchOver = [
  'peer.finish',
  'migration.perform',
  'migration.finish',
  'migration.confirm',
  'domains.ensureResumed',
  'domains.ensureResumed',
  'domains.observe',
  'domains.ensureStaleCopyRemoved',
] as const;

const guest: fc.Arbitrary<ScheduledGuest> = fc.record({
  directory: fc.constantFrom('/images', '/shared'),
  state: fc.constantFrom('running', 'running', 'running', 'shutoff'),
  autostart: fc.boolean(),
});

const move: fc.Arbitrary<ScheduledMove> = fc.record({
  guest: fc.nat(2),
  controller: fc.nat(1),
  atMs: fc.constantFrom(0, 0, 0, 100, 5_000, 40_000),
  kind: fc.constantFrom('live-migration', 'live-migration', 'cold-migration'),
  to: fc.constantFrom(1, 1, 2, 0),
  coordinated: fc.boolean(),
  abortAfterMs: fc.option(fc.nat(2_000), { freq: 5 }),
});

const side: fc.Arbitrary<'before' | 'after'> = fc.constantFrom('before', 'after');
const aTime: fc.Arbitrary<Moment> = fc.record({ kind: fc.constant('time' as const), ms: fc.nat(4_000) });
const aCall: fc.Arbitrary<Moment> = fc.record({ kind: fc.constant('call' as const), nth: fc.nat(220), side });
const aMethod: fc.Arbitrary<Moment> = fc.record({
  kind: fc.constant('method' as const),
  method: fc.constantFrom(...methods),
  nth: fc.nat(3),
  side,
});
const aSwitchOver: fc.Arbitrary<Moment> = fc.record({
  kind: fc.constant('method' as const),
  method: fc.constantFrom(...switchOver),
  nth: fc.constantFrom(0, 0, 0, 1),
  side,
});

const forMs = fc.constantFrom(50, 500, 5_000, 15_000, 45_000);
const controller = fc.nat(1);
const host = fc.nat(1);
const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  fc.record({ kind: fc.constant('crash' as const), controller, forMs }),
  fc.record({ kind: fc.constant('no-database' as const), controller, forMs }),
  fc.record({ kind: fc.constant('silence' as const), host, forMs }),
  fc.record({ kind: fc.constant('restart-libvirtd' as const), host }),
  fc.record({ kind: fc.constant('power-cut' as const), host, forMs }),
  fc.record({ kind: fc.constant('kill-guest' as const), host, guest: fc.nat(2) }),
);
const fault: fc.Arbitrary<Trouble> = fc.record({
  kind: fc.constant('fault' as const),
  fault: fc.constantFrom('unreachable', 'hang', 'refuse', 'reply-lost', 'reply-hangs'),
});
const strike: fc.Arbitrary<Strike> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ when: fc.oneof(aCall, aMethod), what: fault }) },
  { weight: 3, arbitrary: fc.record({ when: fc.oneof(aCall, aMethod, aTime), what: trouble }) },
  { weight: 4, arbitrary: fc.record({ when: aSwitchOver, what: fc.oneof(fault, trouble) }) },
);

/** Where bad variants show: one guest with a disk of its own moves live, and its target has trouble at the switch-over. */
export const atTheSwitchOver: fc.Arbitrary<Schedule> = fc.record({
  controllers: fc.constant(1),
  bytesPerStep: fc.constant(256 * mebibyte),
  guests: fc.constant([{ directory: '/images', state: 'running', autostart: false } as const]),
  moves: fc.constant([
    {
      guest: 0,
      controller: 0,
      atMs: 0,
      kind: 'live-migration',
      to: 1,
      coordinated: false,
      abortAfterMs: null,
    } as const,
  ]),
  strikes: fc.array(fc.record({ when: aSwitchOver, what: fc.oneof(fault, trouble) }), {
    minLength: 1,
    maxLength: 4,
  }),
});

/** Any schedule: few guests and moves, up to six strikes. */
export const anySchedule: fc.Arbitrary<Schedule> = fc.record({
  controllers: fc.constantFrom(1, 2),
  bytesPerStep: fc.constantFrom(8 * mebibyte, 32 * mebibyte, 256 * mebibyte),
  guests: fc.array(guest, { minLength: 1, maxLength: 3 }),
  moves: fc.array(move, { minLength: 1, maxLength: 4 }),
  strikes: fc.array(strike, { minLength: 0, maxLength: 6 }),
});

/** The same, beside a plan that empties the first host. */
export const anyDrain: fc.Arbitrary<Schedule> = fc
  .record({
    schedule: anySchedule,
    drainAtMs: fc.constantFrom(0, 0, 2_000, 30_000),
    moves: fc.array(move, { minLength: 0, maxLength: 1 }),
  })
  .map(({ schedule, drainAtMs, moves }) => ({ ...schedule, moves, drainAtMs }));
