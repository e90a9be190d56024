import type { MoveOptions } from '@ferry/model';
import { type Static, Type } from 'typebox';
import { Default } from 'typebox/value';
import { AbsolutePath, component, nullable } from './schema-parts.ts';

const Name = Type.String({ minLength: 1, maxLength: 255 });

/** Elements of a domain that an operator answers for. */
export const AcceptSchema = Type.Array(Type.String({ minLength: 1, maxLength: 4096 }), {
  maxItems: 256,
  default: [],
  description:
    "elements and attributes of the domain's XML, by path (`devices/rng/backend`) or by path and value (`devices/rng/backend=/dev/hwrng`), of which you know that they are right on the target though Ferry cannot tell",
});

/** Options that policies can set too. They have no default in a request: what it leaves out is left to policies. */
const policyOptions = {
  bandwidthBytesPerSecond: nullable(Type.Integer({ minimum: 1 }), {
    description: 'bytes a second at most; null: no limit. Left out: as policies say',
  }),
  maxDowntimeMs: nullable(Type.Integer({ minimum: 1, maximum: 2_000_000 }), {
    description:
      "longest pause of the guest at the switch-over; null: the hypervisor's own. Left out: as policies say",
  }),
  postCopy: Type.Union([Type.Literal('never'), Type.Literal('ask'), Type.Literal('restart')], {
    description:
      'live: whether the guest may run on the target before all of its memory is there, where it changes memory faster than it can be sent; and what is done when a fault then loses that memory: a person is asked, or it is started anew from its disks. Left out: as policies say',
  }),
  encryption: Type.Union([Type.Literal('where-possible'), Type.Literal('required'), Type.Literal('none')], {
    description:
      'live: whether memory and disks are encrypted on their way from host to host (TLS). Left out: as policies say, else where both hosts are known to have certificates',
  }),
} as const;

/** How an instance is to move, with what holds when nothing is said. The same in requests, in the log and in steps. */
const MoveOptionsSchema = Type.Object({
  bandwidthBytesPerSecond: { ...policyOptions.bandwidthBytesPerSecond, default: null },
  maxDowntimeMs: { ...policyOptions.maxDowntimeMs, default: null },
  policy: nullable(Type.String({ minLength: 1, maxLength: 255 }), {
    default: null,
    description: 'a policy that takes precedence over those that apply to the instance anyway',
  }),
  blockMigration: Type.Union([Type.Literal('auto'), Type.Literal('yes'), Type.Literal('no')], {
    default: 'auto',
    description:
      '`auto` tells shared and local disks apart; the others insist, and are checked against what is so',
  }),
  networkMap: Type.Record(Type.String(), Name, {
    default: {},
    description:
      'networks, bridges and devices of the guest by their name at the source, where the target names them otherwise',
  }),
  defineNetworks: Type.Boolean({
    default: false,
    description: 'whether a network that the target lacks may be defined there as at the source',
  }),
  poolMap: Type.Record(Type.String(), Name, {
    default: {},
    description:
      'storage pools that disks are named by, by their name at the source, where the target names them otherwise',
  }),
  pathMap: Type.Record(Type.String(), AbsolutePath, {
    default: {},
    description:
      'files, block devices and directories of the guest by their path at the source, where they are to be at another on the target',
  }),
  definePools: Type.Boolean({
    default: false,
    description: 'whether a pool that the target lacks may be defined there as at the source',
  }),
  sharedDevices: Type.Array(AbsolutePath, {
    maxItems: 64,
    default: [],
    description:
      'block devices, by their path at the source, of which you know that both hosts have the same: what they hold is compared in samples',
  }),
  accept: AcceptSchema,
  probe: nullable(Type.String({ maxLength: 300 }), {
    default: null,
    description:
      'where the guest is asked from outside while it moves: ADDRESS (ping), tcp:HOST:PORT, udp:HOST:PORT',
  }),
  startFailure: Type.Union([Type.Literal('go-back'), Type.Literal('wait')], {
    default: 'go-back',
    description:
      'cold migration: what is done where the target cannot start the instance: it goes back to its source, or waits there until it can be started or the migration is aborted',
  }),
  announce: Type.Boolean({
    default: false,
    description: 'announce the guest once more after a live switch-over',
  }),
  postCopy: { ...policyOptions.postCopy, default: 'never' },
  encryption: { ...policyOptions.encryption, default: 'where-possible' },
  coordinated: Type.Boolean({
    default: false,
    description:
      'live: Ferry leads the switch-over also where all disks are shared: a target that falls silent then costs seconds of standing still, and a controller that goes away meanwhile ends the move',
  }),
  quietBefore: nullable(Type.String({ minLength: 20, maxLength: 30, pattern: '^[0-9TZ:.+-]+$' }), {
    default: null,
    description:
      "begin in the quietest hour of the guest's day, as far as it was measured, that begins before this time (UTC, ISO 8601, within 24 hours); null: at once",
  }),
  warm: Type.Boolean({
    default: false,
    description:
      'cold migration of a running instance: copy the bulk while its guest runs, and only the rest when it is off',
  }),
  shutdownTimeoutMs: Type.Integer({
    minimum: 0,
    maximum: 3_600_000,
    default: 60_000,
    description:
      "cold migration of a running instance: how long its guest may take to power off by itself; as Nova's `shutdown_timeout` unless said",
  }),
});

/** What a caller asks for when an instance is to move. */
export const MoveSchema = component(
  'Move',
  Type.Object(
    {
      kind: Type.Union([Type.Literal('live-migration'), Type.Literal('cold-migration')]),
      host: Type.Optional(nullable(Name)),
      ...Type.Partial(MoveOptionsSchema).properties,
      ...Type.Partial(Type.Object(policyOptions)).properties,
      flavor: Type.Optional(
        nullable(Name, {
          description:
            'cold migration: id or name of the flavor whose size the instance is to have; it is held',
        }),
      ),
      hold: Type.Optional(
        Type.Boolean({
          description:
            'cold migration: the source keeps all of it until the migration is confirmed or reverted; unless said, where its size changes',
        }),
      ),
    },
    { additionalProperties: false },
  ),
);
export type MoveBody = Static<typeof MoveSchema>;

/** The options among what a caller asked for, with what holds when nothing was said. */
export function moveOptions(asked: Partial<MoveOptions> = {}): MoveOptions {
  const own = Object.keys(MoveOptionsSchema.properties).flatMap((name) => {
    const value = asked[name as keyof MoveOptions];
    return value === undefined ? [] : [[name, value] as const];
  });
  // Its defaults make it whole, and what was asked for was of the schema.
  return Default(MoveOptionsSchema, Object.fromEntries(own)) as Static<typeof MoveOptionsSchema>;
}
