import { type Static, Type } from 'typebox';
import { AbsolutePath, component, nullable } from './schema-parts.ts';
import { DomainSummarySchema } from './instance.ts';
import { HostActionsSchema } from './actions.ts';

/** What a host says about itself, on the wire. Versions are major * 1,000,000 + minor * 1,000 + release. */
const HostFactsSchema = component(
  'HostFacts',
  Type.Object({
    hostUuid: Type.String(),
    hostname: Type.String(),
    hypervisorType: Type.String(),
    hypervisorVersion: Type.Integer(),
    libvirtVersion: Type.Integer(),
    arch: Type.String(),
    cpuModel: Type.String(),
    cpus: Type.Integer(),
    memoryBytes: Type.Number(),
    memoryAvailableBytes: Type.Number(),
    domainTypes: Type.Array(Type.String()),
    machineTypes: Type.Array(Type.String()),
    qemuOwner: nullable(Type.Object({ uid: Type.Integer(), gid: Type.Integer() })),
    networks: Type.Array(
      Type.Object({ name: Type.String(), active: Type.Boolean(), bridge: nullable(Type.String()) }),
    ),
  }),
);

export const HostSchema = component(
  'Host',
  Type.Object({
    id: Type.String(),
    name: Type.String(),
    uri: Type.String(),
    peerUri: Type.String(),
    trustedCopyAddress: nullable(
      Type.String({ description: 'its address on a network where copies between hosts need no encryption' }),
    ),
    networks: Type.Object({
      map: Type.Record(Type.String(), Type.String()),
      define: Type.Boolean({
        description: 'whether a network that it lacks may be defined as at the source',
      }),
    }),
    removeUnusedImages: Type.Boolean({
      description: 'whether base images that Ferry brought there go once nothing uses them after a move away',
    }),
    imageDirectory: nullable(
      Type.String({
        description: 'where disks of instances that are created there stand; null: in its pool "default"',
      }),
    ),
    screenAddress: nullable(
      Type.String({
        description:
          'where screens of guests listen that are made there or come there; null: on its loopback',
      }),
    ),
    screenTls: Type.Boolean({ description: 'whether screens of its guests are reached by TLS' }),
    allowedDirectories: Type.Array(Type.String(), {
      description:
        'directories in which guests may have files there, with what is below, because an admin says so; beside them its own settings name some, and its defined pools, /var/lib/libvirt/images, and where files of its guests lie already',
    }),
    labels: Type.Record(Type.String(), Type.String(), {
      description: 'what an operator says of it, for choosing hosts by',
    }),
    storage: Type.Object({
      pools: Type.Record(Type.String(), Type.String()),
      paths: Type.Record(Type.String(), Type.String()),
      define: Type.Boolean({ description: 'whether a pool that it lacks may be defined as at the source' }),
    }),
    service: Type.Object({
      state: Type.Union([Type.Literal('up'), Type.Literal('down')]),
      reason: Type.String(),
      status: Type.Union([Type.Literal('enabled'), Type.Literal('disabled')]),
      lastSeenAt: nullable(Type.String()),
    }),
    maintenance: nullable(
      Type.Object(
        { since: Type.String(), by: Type.String(), reason: Type.String() },
        {
          description:
            'since when it takes no instance by any way, whose word that is, and why; null: it is not in maintenance',
        },
      ),
    ),
    fence: nullable(
      Type.Object(
        { at: Type.String(), by: Type.String() },
        { description: 'since when it is known to be off, and who says so; taken back when it answers' },
      ),
    ),
    facts: nullable(HostFactsSchema),
    load: nullable(
      Type.Object({
        at: Type.String({ description: 'when it was looked at last' }),
        cpus: Type.Number({
          description: 'processors that its guests use, as the mean of the last quarter of an hour',
        }),
        hours: Type.Optional(
          Type.Array(nullable(Type.Number()), {
            minItems: 24,
            maxItems: 24,
            description:
              'in the answer for one alone: processors in use in each hour of the day from 0 UTC, as the mean of the last days; null: it was not looked at in that hour yet',
          }),
        ),
      }),
      { description: 'null: nobody has looked, or it is not recorded (`ferry serve --load-interval 0`)' },
    ),
    zone: Type.Optional(Type.String({ description: 'in lists: its availability zone' })),
    recorded: Type.Optional(
      Type.Object(
        { instances: Type.Integer(), migrations: Type.Integer() },
        { description: 'in lists: instances recorded there, and migrations from or to it that are not over' },
      ),
    ),
    actions: HostActionsSchema,
  }),
);
export type HostBody = Static<typeof HostSchema>;

/** That a host is off. Without a hook of the controller only an operator can know. */
export const FenceHostSchema = Type.Object(
  {
    poweredOff: Type.Optional(
      Type.Boolean({ description: 'you have powered it off yourself, and it stays off' }),
    ),
  },
  { additionalProperties: false },
);
export type FenceHostBody = Static<typeof FenceHostSchema>;

/** A host and what it runs now, adopted or not. */
export const HostDetailSchema = component(
  'HostDetail',
  Type.Object({
    host: HostSchema,
    domains: Type.Array(DomainSummarySchema),
    unread: Type.Array(Type.Object({ id: Type.String(), name: Type.String(), why: Type.String() }), {
      description:
        'domains whose description cannot be read: they are there, and can be neither adopted nor moved',
    }),
    problem: nullable(Type.String({ description: 'why the host did not tell its domains; null: it did' })),
  }),
);
export type HostDetailBody = Static<typeof HostDetailSchema>;

const TrustedCopyAddress = Type.String({
  minLength: 1,
  maxLength: 255,
  pattern: '^[0-9A-Za-z.:_-]+$',
  description:
    'name or address of the host on a network that is trusted: files are copied to it without encryption. Null: always encrypted',
});

const Labels = Type.Record(
  Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_./-]{0,62}$' }),
  Type.String({ maxLength: 255 }),
  { maxProperties: 64, additionalProperties: false },
);

export const AddHostSchema = Type.Object(
  {
    uri: Type.String({
      minLength: 1,
      maxLength: 2048,
      description:
        'libvirt URI as the controller reaches it: a plain one (qemu+tls, qemu+tcp or qemu+ssh with user, host and port, /system), or one that the owner of the controller has allowed',
    }),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    peerUri: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 2048,
        description: 'libvirt URI as the other hosts reach it, by the same rule',
      }),
    ),
    trustedCopyAddress: Type.Optional(nullable(TrustedCopyAddress)),
    labels: Type.Optional(Labels),
    dryRun: Type.Optional(
      Type.Boolean({ description: 'ask it and answer 200 with what would be added; nothing is written' }),
    ),
  },
  { additionalProperties: false },
);
export type AddHostBody = Static<typeof AddHostSchema>;

/** What of a host can be set. What is not named stays as it is. */
export const SetHostSchema = Type.Object(
  {
    status: Type.Optional(
      Type.Union([Type.Literal('enabled'), Type.Literal('disabled')], {
        description: 'a disabled host takes no new instances; what is there stays, and can leave',
      }),
    ),
    disabledReason: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    maintenance: Type.Optional(
      nullable(
        Type.Object(
          { reason: Type.Optional(Type.String({ maxLength: 255 })) },
          {
            additionalProperties: false,
            description:
              'it takes no instance by any way: none is created there, moved or evacuated there, or followed there when others move it. What is there stays, and can leave. Null: it takes instances again',
          },
        ),
      ),
    ),
    trustedCopyAddress: Type.Optional(nullable(TrustedCopyAddress)),
    networkMap: Type.Optional(
      Type.Record(Type.String(), Type.String({ minLength: 1, maxLength: 255 }), {
        description:
          'networks, bridges and devices by their name elsewhere, where this host names them otherwise; in place of what was set',
      }),
    ),
    defineNetworks: Type.Optional(Type.Boolean()),
    poolMap: Type.Optional(
      Type.Record(Type.String(), Type.String({ minLength: 1, maxLength: 255 }), {
        description:
          'storage pools by their name elsewhere, where this host names them otherwise; in place of what was set',
      }),
    ),
    pathMap: Type.Optional(
      Type.Record(Type.String(), AbsolutePath, {
        description:
          'files, devices and directories by their path elsewhere, where they are at another here; in place of what was set',
      }),
    ),
    definePools: Type.Optional(Type.Boolean()),
    labels: Type.Optional(Labels),
    imageDirectory: Type.Optional(nullable(AbsolutePath)),
    screenTls: Type.Optional(
      Type.Boolean({
        description: 'screens of its guests speak VNC within TLS (vnc_tls of its qemu.conf)',
      }),
    ),
    screenAddress: Type.Optional(
      nullable(
        Type.String({
          minLength: 1,
          maxLength: 64,
          description:
            'address of the host, on an isolated network, on which screens of its guests listen: that by which the controller reaches it. Null: on its loopback',
        }),
      ),
    ),
    allowedDirectories: Type.Optional(
      Type.Array(AbsolutePath, {
        maxItems: 256,
        description:
          'directories in which guests may have files there, with what is below; in place of what was set. Nothing else of the host is written, read or listed; directories of its system never are',
      }),
    ),
    removeUnusedImages: Type.Optional(
      Type.Boolean({
        description:
          'whether base images that Ferry brought there go once nothing uses them after a move away',
      }),
    ),
  },
  { additionalProperties: false },
);
export type SetHostBody = Static<typeof SetHostSchema>;
