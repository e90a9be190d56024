import type { PlanState, StepRehearsal, StepState } from '@ferry/model';
import { type Static, Type } from 'typebox';
import { component, nullable } from './schema-parts.ts';

export const planStates = [
  'made',
  'rehearsing',
  'running',
  'paused',
  'cancelling',
  'cancelled',
  'done',
  'done-with-problems',
] as const satisfies readonly PlanState['kind'][];
export const stepStates = [
  'waiting',
  'held',
  'running',
  'done',
  'failed',
  'dropped',
] as const satisfies readonly StepState['kind'][];
export const planGoals = ['drain', 'upgrade', 'offload', 'balance', 'return', 'evacuate'] as const;

const oneOf = <const Word extends string>(words: readonly Word[], description?: string) =>
  Type.Unsafe<Word>(Type.Enum([...words], description === undefined ? {} : { description }));
const hostName = Type.String({ minLength: 1, maxLength: 255, description: 'host by name or id' });
const many = { minItems: 1, maxItems: 1_000 } as const;
const strict = { additionalProperties: false } as const;

const GoalSchema = Type.Union(
  [
    Type.Object({ kind: Type.Literal('drain'), hosts: Type.Array(hostName, many) }, strict),
    Type.Object(
      {
        kind: Type.Literal('upgrade'),
        hosts: Type.Optional(Type.Array(hostName, { ...many, description: 'in this order' })),
        group: Type.Optional(
          Type.String({ minLength: 1, maxLength: 255, description: 'all hosts of an aggregate or a zone' }),
        ),
      },
      strict,
    ),
    Type.Object(
      {
        kind: Type.Literal('offload'),
        host: hostName,
        below: Type.Number({
          exclusiveMinimum: 0,
          maximum: 1,
          description: 'share of its memory or processors',
        }),
      },
      strict,
    ),
    Type.Object(
      {
        kind: Type.Literal('balance'),
        groups: Type.Optional(
          Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
            maxItems: 1_000,
            description: 'aggregates or zones; none: all hosts',
          }),
        ),
        onContentionOnly: Type.Optional(Type.Boolean()),
        cooldownMs: Type.Optional(
          Type.Integer({
            minimum: 0,
            maximum: 86_400_000,
            description: 'instances that have moved within it are let alone; an hour when not given',
          }),
        ),
      },
      strict,
    ),
    Type.Object(
      {
        kind: Type.Literal('return'),
        host: hostName,
        plan: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 255,
            description: 'what this plan moved away; none: what the last ones did',
          }),
        ),
      },
      strict,
    ),
    Type.Object({ kind: Type.Literal('evacuate'), host: hostName }, strict),
  ],
  { description: 'what the plan is to reach' },
);
export type PlanGoalBody = Static<typeof GoalSchema>;

const limit = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description }));
const instances = (description: string) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { maxItems: 10_000, description }));

/** A plan that is to be made. Nothing is moved by it. */
export const NewPlanSchema = Type.Object(
  {
    goal: GoalSchema,
    order: Type.Optional(
      oneOf(
        ['soonest-done', 'soonest-each'],
        'least time until all is done, or least mean time until an instance is away',
      ),
    ),
    limits: Type.Optional(
      Type.Object(
        {
          perSource: limit('moves at once that leave a host'),
          perTarget: limit('moves at once that come to a host'),
          perLink: limit('moves at once that send over a link'),
          fleet: limit('moves at once in all'),
        },
        strict,
      ),
    ),
    mayStop: instances('running instances, by name or id, that may be stopped for a cold move'),
    mayShutDown: instances(
      'running instances, by name or id, that are shut down just before and started just after',
    ),
    hostsAtOnce: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000,
        description: 'of an upgrade: so many hosts at a time; 1 when not given',
      }),
    ),
    keepOneHostSpare: Type.Optional(
      Type.Boolean({ description: 'leaves memory enough free for the largest host to fail' }),
    ),
    deadline: Type.Optional(
      Type.String({
        pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,3})?Z$',
        description:
          'until when it is to be done, UTC: 2030-01-31T04:00:00Z; the plan says whether it can be',
      }),
    ),
  },
  strict,
);
export type NewPlanBody = Static<typeof NewPlanSchema>;

/** How a plan is cancelled. */
export const CancelPlanSchema = Type.Object(
  {
    running: Type.Optional(
      oneOf(
        ['finish', 'abort'],
        'moves that run are waited for (what holds when nothing is said), or aborted',
      ),
    ),
  },
  strict,
);
export type CancelPlanBody = Static<typeof CancelPlanSchema>;

const named = { id: Type.String(), name: Type.String() };

const StepRehearsalSchema = component(
  'StepRehearsal',
  Type.Object({
    state: oneOf([
      'waiting',
      'running',
      'ended',
      'left-out',
    ] as const satisfies readonly StepRehearsal['kind'][]),
    reason: nullable(Type.String({ description: 'what it waits for, or why it was left out' })),
    migrationId: nullable(Type.String({ description: 'the migration of the kind rehearsal' })),
    problems: Type.Array(
      Type.Object({ code: Type.String(), message: Type.String(), remedy: Type.String() }),
      { description: 'all that the move would fail by; none, once it has ended: nothing' },
    ),
  }),
);

/** What a step does, with names. */
const ActionSchema = component(
  'PlanAction',
  Type.Object({
    kind: oneOf([
      'move',
      'shut-down',
      'start',
      'enter-maintenance',
      'upgrade-host',
      'leave-maintenance',
    ] as const),
    instance: nullable(Type.Object(named)),
    host: Type.Object(named, { description: 'where it is done; of a move, where it comes from' }),
    target: nullable(Type.Object(named)),
    how: nullable(oneOf(['live', 'cold', 'evacuate'] as const)),
    bytes: nullable(Type.Number({ description: 'that a move sends, as reckoned' })),
    downtimeMs: nullable(Type.Number()),
    isPivot: Type.Boolean({ description: 'a move onto a host where it does not stay, to break a circle' }),
  }),
);

export const PlanStepSchema = component(
  'PlanStep',
  Type.Object({
    number: Type.Integer(),
    action: ActionSchema,
    after: Type.Array(Type.Integer(), { description: 'steps that must have ended well before it begins' }),
    startsAtMs: Type.Number({ description: 'from the begin of the plan, as reckoned' }),
    endsAtMs: Type.Number(),
    because: Type.String({ description: 'why it is there, or why so late' }),
    state: oneOf(stepStates),
    reason: nullable(Type.String({ description: 'what it waits for, or how it ended' })),
    since: Type.String({ description: 'since when it is in that state' }),
    migrationId: nullable(Type.String()),
    progressPercent: nullable(Type.Number({ description: 'of a move that runs and tells it' })),
    rehearsal: Type.Optional(StepRehearsalSchema),
  }),
);
export type PlanStepBody = Static<typeof PlanStepSchema>;

export const PlanSchema = component(
  'Plan',
  Type.Object({
    id: Type.String(),
    goal: Type.Object(
      {
        kind: oneOf(planGoals),
        hosts: Type.Array(Type.Object(named)),
        groups: Type.Array(Type.String()),
        below: nullable(Type.Number()),
      },
      { description: 'what it is to reach' },
    ),
    state: oneOf(planStates),
    reason: nullable(Type.String({ description: 'why it is paused' })),
    problems: Type.Array(Type.String(), { description: 'what could not be done, by name' }),
    createdBy: Type.String(),
    createdAt: Type.String(),
    updatedAt: Type.String(),
    finishedAt: nullable(Type.String()),
    steps: Type.Record(Type.String(), Type.Integer(), { description: 'how many of each state' }),
    totalMs: Type.Number({ description: 'how long it takes, as reckoned when it was made last' }),
    lowerBound: Type.Object({
      ms: Type.Number({ description: 'no order of these moves takes less' }),
      because: Type.String(),
    }),
    bytes: Type.Number(),
    deadline: nullable(Type.Object({ met: Type.Boolean(), because: Type.String() })),
    replans: Type.Integer({ description: 'how often the rest was planned anew' }),
    replannedBecause: nullable(Type.String()),
    rehearsal: Type.Optional(
      Type.Object(
        {
          by: Type.String(),
          begunAt: Type.String(),
          finishedAt: nullable(Type.String()),
          passed: Type.Integer({ description: 'moves that would get as far as their transfer' }),
          failed: Type.Integer({ description: 'moves that would not' }),
          leftOut: Type.Integer({ description: 'moves of which nothing can be rehearsed' }),
        },
        { description: 'the last time that its moves were rehearsed; not there: they never were' },
      ),
    ),
  }),
);
export type PlanBody = Static<typeof PlanSchema>;

/** A plan with all that it found; its steps are a list of their own. */
export const PlanDetailSchema = component(
  'PlanDetail',
  Type.Object({
    plan: PlanSchema,
    blockers: Type.Array(
      Type.Object({
        instance: nullable(Type.Object(named)),
        host: nullable(Type.Object(named)),
        because: Type.String(),
        remedies: Type.Array(Type.String()),
      }),
      { description: 'all that keeps the goal from being reached, with what would clear it' },
    ),
    stays: Type.Array(Type.Object({ instance: Type.Object(named), because: Type.String() })),
    memory: Type.Array(
      Type.Object({
        host: Type.Object(named),
        limitBytes: Type.Number(),
        points: Type.Array(Type.Object({ atMs: Type.Number(), bytes: Type.Number() })),
      }),
      { description: 'of each host where it changes, what guests take of it from a moment on' },
    ),
    notes: Type.Array(Type.String(), { description: 'what to know of the facts that it was made from' }),
  }),
);
export type PlanDetailBody = Static<typeof PlanDetailSchema>;

/** Which plans a list tells. */
export const PlanFilterSchema = Type.Object({
  state: Type.Optional(oneOf(planStates, 'where it stands')),
  open: Type.Optional(oneOf(['true', 'false'] as const, 'whether it has still to end')),
});
export type PlanFilter = Static<typeof PlanFilterSchema>;
