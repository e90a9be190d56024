import { type Static, Type } from 'typebox';
import { InstanceActionsSchema } from './actions.ts';
import { component, nullable } from './schema-parts.ts';

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
      Type.Literal('ambiguous'),
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

const bytes = (description: string) => nullable(Type.Number({ minimum: 0 }), { description });

/** Disks and network cards of an instance, as its host has them now. */
export const InstanceDevicesSchema = component(
  'InstanceDevices',
  Type.Object({
    machineType: Type.String(),
    domainType: Type.String({ description: '`kvm`, or `qemu` for software emulation' }),
    disks: Type.Array(
      Type.Object({
        target: Type.String({ description: "the guest's name of it" }),
        device: Type.String({ description: 'disk, cdrom, floppy or lun' }),
        source: nullable(Type.String(), { description: 'file, device or volume; null: an empty drive' }),
        format: Type.String(),
        readOnly: Type.Boolean(),
        capacityBytes: bytes('what the guest sees; null: its host did not tell'),
        allocationBytes: bytes('room that it takes on its host; null: its host did not tell'),
        backing: Type.Array(Type.String(), { description: 'what it stands on, nearest first' }),
      }),
    ),
    interfaces: Type.Array(
      Type.Object({
        mac: Type.String(),
        kind: Type.String({ description: 'bridge, network, direct, user or other' }),
        source: nullable(Type.String({ description: 'bridge, network or device by its name' })),
        filter: nullable(Type.String({ description: 'the packet filter before it' })),
      }),
    ),
  }),
);
export type InstanceDevicesBody = Static<typeof InstanceDevicesSchema>;

const KindSchema = Type.Union([
  Type.Literal('serial', { description: 'the first serial port that can be opened' }),
  Type.Literal('vnc', { description: 'the screen' }),
]);

export const NewConsoleSchema = Type.Object({ kind: KindSchema }, { additionalProperties: false });
export type NewConsoleBody = Static<typeof NewConsoleSchema>;

/** Whoever has the token in these addresses has the console. */
export const ConsoleSchema = component(
  'Console',
  Type.Object({
    kind: KindSchema,
    streamPath: Type.String({
      description:
        'path of the WebSocket on this controller, with a token; binary messages both ways. `&force=1` takes a serial console from whoever has it open',
    }),
    pagePath: Type.String({ description: 'path of a page for a browser, with the same token' }),
    expiresAt: Type.String({
      description: 'UTC ISO 8601; until then the token opens it, one that is open stays open',
    }),
  }),
);
export type ConsoleBody = Static<typeof ConsoleSchema>;
