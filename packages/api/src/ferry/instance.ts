import { type Static, Type } from 'typebox';
import { component } from './component.ts';
import { InstanceActionsSchema } from './actions.ts';
import { nullable } from './nullable.ts';

const PowerStateSchema = Type.Union([
  Type.Literal('running'),
  Type.Literal('paused'),
  Type.Literal('shutoff'),
  Type.Literal('crashed'),
  Type.Literal('suspended'),
  Type.Literal('unknown'),
]);

/** A domain on a host, adopted by Ferry or not. */
export const DomainSummarySchema = component(
  'DomainSummary',
  Type.Object({
    id: Type.String(),
    name: Type.String(),
    power: PowerStateSchema,
    memoryBytes: Type.Number(),
    vcpus: Type.Integer(),
    adopted: Type.Boolean(),
  }),
);
export type DomainSummaryBody = Static<typeof DomainSummarySchema>;

/** What hosts show of an instance that does not fit. */
const InstanceFaultSchema = component(
  'InstanceFault',
  Type.Object({
    kind: Type.Union([
      Type.Literal('vanished'),
      Type.Literal('unreachable'),
      Type.Literal('untold'),
      Type.Literal('two-copies'),
      Type.Literal('stale-copy'),
      Type.Literal('claimed'),
    ]),
    since: nullable(Type.String({ description: 'when it was found first' })),
    message: Type.String({ description: 'what each host shows' }),
    remedy: Type.String(),
    hosts: Type.Array(Type.String(), { description: 'names of the hosts that have a copy in question' }),
    withoutGap: nullable(
      Type.String({ description: 'of several that ran, the host whose copy ran on all the time' }),
    ),
    keep: nullable(Type.String({ description: 'the host whose copy somebody has chosen' })),
  }),
);

export const InstanceSchema = component(
  'Instance',
  Type.Object({
    id: Type.String(),
    name: Type.String(),
    hostId: Type.String(),
    host: Type.String(),
    powerState: PowerStateSchema,
    vmState: Type.Union([
      Type.Literal('building'),
      Type.Literal('active'),
      Type.Literal('paused'),
      Type.Literal('suspended'),
      Type.Literal('stopped'),
      Type.Literal('resized', { description: 'moved, and to be confirmed or reverted' }),
      Type.Literal('error'),
      Type.Literal('deleted'),
    ]),
    taskState: nullable(
      Type.Union([
        Type.Literal('migrating'),
        Type.Literal('resize_migrating'),
        Type.Literal('spawning'),
        Type.Literal('deleting'),
        Type.Literal('resize_confirming'),
        Type.Literal('resize_reverting'),
        Type.Literal('rebuilding', { description: 'it is evacuated' }),
        Type.Literal('attaching_volume'),
        Type.Literal('rehearsing'),
        Type.Literal('detaching_volume'),
        Type.Literal('powering-on'),
        Type.Literal('powering-off'),
        Type.Literal('rebooting'),
        Type.Literal('rebooting_hard'),
        Type.Literal('pausing'),
        Type.Literal('unpausing'),
        Type.Literal('suspending'),
        Type.Literal('resuming'),
      ]),
    ),
    memoryBytes: Type.Number(),
    vcpus: Type.Integer(),
    generation: Type.Integer(),
    migrationId: nullable(
      Type.String({ description: 'the migration that moves it, or that is to be confirmed or reverted' }),
    ),
    fault: nullable(InstanceFaultSchema),
    actions: InstanceActionsSchema,
  }),
);
export type InstanceBody = Static<typeof InstanceSchema>;

export const AdoptInstanceSchema = Type.Object(
  {
    host: Type.String({ minLength: 1, maxLength: 255, description: 'host by name or id' }),
    domain: Type.String({ minLength: 1, maxLength: 255, description: 'domain by name or uuid' }),
  },
  { additionalProperties: false },
);
export type AdoptInstanceBody = Static<typeof AdoptInstanceSchema>;

export const KeepInstanceSchema = Type.Object(
  {
    host: Type.String({
      minLength: 1,
      maxLength: 255,
      description: 'host by name or id, whose copy is to go on; the others are ended',
    }),
  },
  { additionalProperties: false },
);
export type KeepInstanceBody = Static<typeof KeepInstanceSchema>;
