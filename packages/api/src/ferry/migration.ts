import type { MigrationStatus } from '@ferry/model';
import { type Static, Type } from 'typebox';
import { AbsolutePath, component, nullable } from './schema-parts.ts';
import { FindingSchema } from './problem.ts';
import { AcceptSchema } from './move-options.ts';
import { MigrationActionsSchema } from './actions.ts';
import { ForecastSchema, MigrationForecastSchema } from './forecast.ts';
import { RehearsalSchema } from './rehearsal.ts';

const bytes = (): ReturnType<typeof Type.Number> => Type.Number({ minimum: 0 });

const BackingPlanSchema = component(
  'BackingPlan',
  Type.Object({
    path: Type.String(),
    format: Type.String(),
    capacityBytes: bytes(),
    allocationBytes: bytes(),
    action: Type.Union([Type.Literal('present'), Type.Literal('bring'), Type.Literal('await')], {
      description: 'await: another migration brings it, and this one waits for that',
    }),
  }),
);

const TransferPlanSchema = component(
  'TransferPlan',
  Type.Object({
    form: Type.Union([Type.Literal('peer-to-peer'), Type.Literal('coordinated'), Type.Literal('cold')]),
    copyBytes: bytes(),
    warm: nullable(
      Type.Array(Type.String(), {
        description:
          'disks that are copied while the guest runs, the rest of them when it is off; null: none',
      }),
    ),
    targetPaths: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description:
          'where files and devices are on the target, by their path at the source, where it is another',
      }),
    ),
    obstacles: Type.Array(
      Type.Object({
        kind: Type.Union([
          Type.Literal('path-taken'),
          Type.Literal('base-differs'),
          Type.Literal('base-not-shared'),
          Type.Literal('image-missing'),
          Type.Literal('unproven'),
          Type.Literal('unreachable'),
          Type.Literal('one-host'),
          Type.Literal('no-device'),
          Type.Literal('device-taken'),
          Type.Literal('device-small'),
          Type.Literal('device-differs'),
          Type.Literal('encrypted-live'),
          Type.Literal('shareable'),
          Type.Literal('link'),
          Type.Literal('data-file'),
          Type.Literal('inside-lost'),
          Type.Literal('several-files'),
        ]),
        target: Type.String(),
        path: nullable(Type.String()),
        reason: Type.Optional(Type.String()),
        digests: Type.Optional(
          Type.Object(
            { source: Type.String(), target: Type.String() },
            { description: 'of what both hosts have there' },
          ),
        ),
      }),
    ),
    sent: Type.Optional(
      Type.Array(Type.Object({ target: Type.String(), path: Type.String(), because: Type.String() }), {
        description: 'files that the hypervisor sends with the guest, firmware variables for one',
      }),
    ),
    disks: Type.Array(
      Type.Union([
        Type.Object({
          action: Type.Literal('keep'),
          target: Type.String(),
          path: nullable(Type.String()),
          because: Type.String(),
          backing: Type.Optional(
            Type.Array(Type.Object({ path: Type.String(), format: Type.String() }), {
              description: 'what it stands on, where the target has that elsewhere',
            }),
          ),
        }),
        Type.Object({
          action: Type.Literal('copy'),
          target: Type.String(),
          path: Type.String(),
          format: Type.String(),
          capacityBytes: bytes(),
          allocationBytes: bytes(),
          readOnly: Type.Boolean(),
          fromDevice: Type.Optional(Type.Boolean({ description: 'it is a block device of the source' })),
          toDevice: Type.Optional(Type.Boolean({ description: 'it goes onto a block device of the target' })),
          because: Type.String(),
          backing: Type.Array(BackingPlanSchema),
        }),
      ]),
    ),
  }),
);

const FileCopySchema = component(
  'FileCopy',
  Type.Object({
    path: Type.String(),
    way: Type.Union([
      Type.Object({
        kind: Type.Literal('direct'),
        address: Type.String(),
        encrypted: Type.Boolean(),
        because: Type.String(),
      }),
      Type.Object({ kind: Type.Literal('streams'), because: Type.String() }),
    ]),
    state: Type.Union([Type.Literal('begun'), Type.Literal('naming'), Type.Literal('done')]),
    part: nullable(Type.String({ description: 'where a direct copy is written until it is whole' })),
    source: nullable(
      Type.Object({
        lengthBytes: bytes(),
        changedAt: nullable(Type.String({ description: 'when it was last written, as its host tells it' })),
        touchedAt: Type.Optional(
          nullable(Type.String({ description: 'when anything of it last changed, its owner too' })),
        ),
      }),
    ),
    pieces: Type.Array(Type.String(), {
      description: 'digests of the pieces verified so far, through streams',
    }),
    resumedBytes: bytes(),
    sentBytes: bytes(),
    wireBytes: bytes(),
    compression: nullable(Type.Union([Type.Literal('zstd'), Type.Literal('zlib')])),
    elapsedMs: nullable(Type.Number()),
    digest: nullable(Type.String()),
  }),
);

const ProgressSchema = component(
  'Progress',
  Type.Object({
    elapsedMs: Type.Number(),
    totalBytes: bytes(),
    doneBytes: bytes(),
    remainingBytes: bytes(),
    memoryBytes: bytes(),
    diskBytes: bytes(),
    zeroBytes: Type.Optional(
      Type.Number({ minimum: 0, description: 'memory that is all zero, which takes nothing to send' }),
    ),
    rateBytesPerSecond: Type.Number(),
    dirtyBytesPerSecond: nullable(Type.Number()),
    iteration: Type.Integer(),
    expectedDowntimeMs: nullable(Type.Number()),
    downtimeMs: nullable(Type.Number()),
    memoryRemainingBytes: Type.Optional(bytes()),
    throttlePercent: Type.Optional(nullable(Type.Number())),
    xbzrleCacheMisses: Type.Optional(nullable(Type.Number())),
  }),
);

const WarmReportSchema = component(
  'WarmReport',
  Type.Object({
    rounds: Type.Integer({ description: 'rounds of copying while the guest ran' }),
    bytesWhileRunning: bytes(),
    bytesWhileOff: bytes(),
  }),
);

const ConnectivitySchema = component(
  'Connectivity',
  Type.Object({
    address: Type.String(),
    answeredBefore: nullable(
      Type.Boolean({ description: 'null: the controller was restarted while it was asked' }),
    ),
    answeredAfter: Type.Boolean(),
    sent: Type.Integer(),
    answered: Type.Integer(),
    longestGapMs: nullable(Type.Number({ description: 'longest time without an answer' })),
  }),
);

const SizeSchema = component(
  'InstanceSize',
  Type.Object({
    memoryBytes: bytes(),
    vcpus: Type.Integer(),
    flavor: nullable(Type.Object({ id: Type.String(), name: Type.String() }, { additionalProperties: true })),
  }),
);

const ResizeSchema = component(
  'Resize',
  Type.Object({
    from: SizeSchema,
    to: SizeSchema,
    rootDisk: nullable(
      Type.Object({ path: Type.String(), capacityBytes: bytes(), format: Type.Optional(Type.String()) }),
    ),
  }),
);

/** Nova's words for where a migration stands; which follow which: `nextStatuses` of the model. */
export const migrationStatuses = [
  'accepted',
  'queued',
  'preparing',
  'running',
  'completed',
  'failed',
  'cancelled',
  'error',
  'pre-migrating',
  'migrating',
  'post-migrating',
  'finished',
  'confirming',
  'confirmed',
  'reverting',
  'reverted',
  'done',
] as const satisfies readonly MigrationStatus[];

const MigrationStepSchema = component(
  'MigrationStep',
  Type.Object({
    name: Type.String(),
    state: Type.Union([
      Type.Literal('to-come'),
      Type.Literal('running'),
      Type.Literal('waiting', { description: 'it failed, and is tried again' }),
      Type.Literal('done'),
      Type.Literal('failed', { description: 'those before it are undone' }),
      Type.Literal('undoing'),
      Type.Literal('undone'),
    ]),
    startedAt: nullable(Type.String()),
    endedAt: nullable(Type.String()),
  }),
);
export type MigrationStepBody = Static<typeof MigrationStepSchema>;

export const MigrationSchema = component(
  'Migration',
  Type.Object({
    id: Type.String(),
    kind: Type.Union([
      Type.Literal('live-migration'),
      Type.Literal('cold-migration'),
      Type.Literal('evacuation'),
      Type.Literal('rehearsal'),
    ]),
    instanceId: Type.String(),
    instanceName: Type.String(),
    sourceHostId: Type.String(),
    sourceHost: Type.String(),
    targetHostId: Type.String(),
    targetHost: Type.String(),
    status: Type.Unsafe<MigrationStatus>(Type.Union(migrationStatuses.map((status) => Type.Literal(status)))),
    phase: Type.String({ description: 'what it does or waits for now' }),
    plan: nullable(TransferPlanSchema),
    copies: Type.Array(FileCopySchema),
    kept: Type.Array(Type.Object({ host: Type.String(), path: Type.String(), because: Type.String() }), {
      description: 'files that stayed on a host where they would have been taken away, and why',
    }),
    findings: Type.Array(FindingSchema),
    progress: nullable(ProgressSchema),
    result: nullable(
      Type.Object({
        elapsedMs: Type.Number(),
        downtimeMs: nullable(
          Type.Number({
            description: 'live: at the switch-over; cold: from the power-off to the start on the target',
          }),
        ),
        memoryBytes: bytes(),
        diskBytes: bytes(),
        guestSeenAlive: nullable(Type.String()),
        connectivity: nullable(ConnectivitySchema),
        warm: nullable(WarmReportSchema),
      }),
    ),
    error: nullable(Type.Object({ code: Type.String(), message: Type.String(), remedy: Type.String() })),
    abortRequested: Type.Boolean(),
    held: Type.Boolean({
      description: 'cold: the source keeps all of it until somebody confirms or reverts',
    }),
    resize: nullable(ResizeSchema),
    rehearsal: Type.Optional(nullable(RehearsalSchema)),
    createdAt: Type.String(),
    updatedAt: Type.String(),
    finishedAt: nullable(Type.String()),
    actions: MigrationActionsSchema,
    steps: Type.Optional(
      Type.Array(MigrationStepSchema, {
        description: 'in the answer for one alone: its steps in their order, as far as their log is kept',
      }),
    ),
    forecast: Type.Optional(MigrationForecastSchema),
  }),
);
export type MigrationBody = Static<typeof MigrationSchema>;

/** What may be changed of a live migration while it sends. What is left out stays as it is. */
export const ChangeMigrationSchema = component(
  'ChangeMigration',
  Type.Object(
    {
      bandwidthBytesPerSecond: Type.Optional(
        nullable(Type.Integer({ minimum: 1 }), { description: 'bytes a second at most; null: no limit' }),
      ),
      maxDowntimeMs: Type.Optional(
        nullable(Type.Integer({ minimum: 1, maximum: 2_000_000 }), {
          description: "downtime budget; null: the hypervisor's own",
        }),
      ),
      policy: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 255,
          description: 'name of a policy whose values apply from now on',
        }),
      ),
    },
    { additionalProperties: false, minProperties: 1 },
  ),
);
export type ChangeMigrationBody = Static<typeof ChangeMigrationSchema>;

/** The answer to "would this move work?": every check's finding, and what would be done. */
export const CheckReportSchema = component(
  'CheckReport',
  Type.Object({
    possible: Type.Boolean({ description: 'whether the verdict is `possible`' }),
    verdict: Type.Union([Type.Literal('possible'), Type.Literal('not-possible'), Type.Literal('not-known')], {
      description:
        '`not-known`: nothing forbids it, and facts that it takes could not be had (findings of the severity `unknown`). A move is accepted only where it is possible',
    }),
    instance: Type.String(),
    sourceHost: Type.String(),
    targetHost: nullable(Type.String()),
    /** Why that target, when Ferry chose it; empty when it was named. */
    choice: Type.String(),
    plan: nullable(TransferPlanSchema),
    findings: Type.Array(FindingSchema),
    forecast: nullable(ForecastSchema, {
      description:
        'of a live migration, from what was measured before; null: of another, or nothing can be said',
    }),
    forecastSummary: nullable(Type.String({ description: 'the forecast in a sentence' })),
  }),
);
export type CheckReportBody = Static<typeof CheckReportSchema>;

/** What a caller asks for when the host of an instance is gone. */
export const EvacuateSchema = component(
  'Evacuate',
  Type.Object(
    {
      host: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 255 }))),
      sharedPaths: Type.Optional(
        Type.Array(AbsolutePath, {
          maxItems: 64,
          description: 'files and directories of which you know that both hosts have the same',
        }),
      ),
      accept: Type.Optional(AcceptSchema),
      leaveOff: Type.Optional(Type.Boolean({ description: 'define it there, and do not start it' })),
    },
    { additionalProperties: false },
  ),
);
export type EvacuateBody = Static<typeof EvacuateSchema>;
