import type { PolicyValues } from '@ferry/model';
import { type Static, type TSchema, Type } from 'typebox';
import { component, nullable } from './schema-parts.ts';

const maxMs = 30 * 24 * 3_600_000;
/** The longest that QEMU takes for a downtime, 2,000 s. */
const maxDowntimeMs = 2_000_000;

const duration = (description: string, maximum = maxMs): TSchema =>
  nullable(Type.Integer({ minimum: 0, maximum }), { description });
const rate = (description: string): TSchema =>
  nullable(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }), { description });
const percent = (description: string): TSchema =>
  nullable(Type.Integer({ minimum: 1, maximum: 99 }), { description });
const oneOf = (words: readonly string[], description: string): TSchema =>
  Type.Union(
    words.map((word) => Type.Literal(word)),
    { description },
  );

/** What a policy can say, each value on its own; null: no limit, or not used. */
const valueSchemas = {
  maxDowntimeMs: duration(
    "downtime budget: longest pause of the guest at the switch-over; null: the hypervisor's own, 300 ms",
    maxDowntimeMs,
  ),
  deadlineMs: duration('how long a live transfer may take until it is ended by what the policy allows'),
  bandwidthBytesPerSecond: rate('bytes a second that a move begins with'),
  maxBandwidthBytesPerSecond: rate(
    'bytes a second up to which a transfer that does not converge is given more; null: no more than it began with',
  ),
  linkBytesPerSecond: rate(
    'bytes a second that the link between the hosts carries when nothing limits it; null: not known',
  ),
  parallelConnections: nullable(Type.Integer({ minimum: 0, maximum: 255 }), {
    description: 'connections that memory is sent over at once; null: one',
  }),
  compression: oneOf(
    ['none', 'xbzrle', 'zstd'],
    'how memory is compressed on its way: xbzrle sends what has changed of pages that are sent again, zstd compresses all and takes parallel connections',
  ),
  throttleFirstPercent: percent(
    "by how much the guest's processors are slowed down at first where it changes memory too fast; null: never",
  ),
  throttleMaxPercent: percent('the most that they are slowed down'),
  postCopy: oneOf(
    ['never', 'ask', 'restart'],
    'whether it may run on the target before all of its memory is there, and what is done when a fault then loses that',
  ),
  maxPauseMs: duration(
    'how long the guest may be paused so that a transfer comes to its end; null: not at all',
  ),
  whenStalled: oneOf(
    ['wait', 'post-copy', 'pause', 'abort'],
    'what is done last about a transfer that does not converge within its downtime budget',
  ),
  notice: oneOf(
    ['none', 'hook'],
    "whether the guest is told before it moves live, by the program of `ferry serve --notice-hook` of the controller's owner",
  ),
  noticeWaitMs: Type.Integer({
    minimum: 0,
    maximum: 3_600_000,
    description: 'how long its answer is waited for',
  }),
  encryption: oneOf(
    ['where-possible', 'required', 'none'],
    'whether memory and disks are encrypted on their way from host to host (TLS)',
  ),
  whenUnanswered: oneOf(
    ['go-on', 'abort'],
    'what is done where the guest is not ready, or says nothing in time',
  ),
  priority: Type.Integer({
    minimum: 1,
    maximum: 100,
    description: 'weight of its share where several moves go over one link; 10 unless said',
  }),
} as const satisfies Record<keyof PolicyValues, TSchema>;

export const PolicyValuesSchema = Type.Unsafe<Partial<PolicyValues>>(
  Type.Partial(Type.Object(valueSchemas), { additionalProperties: false }),
);

const scope = Type.Union(
  [
    Type.Literal('default'),
    Type.Literal('project'),
    Type.Literal('label'),
    Type.Literal('instance'),
    Type.Literal('by-name'),
  ],
  { description: 'whose moves it is for; `by-name`: those that name it' },
);

/** A name of a policy in an address. */
export const policyName = Type.String({ minLength: 1, maxLength: 255, pattern: '^[^/\\s]+$' });

/** A policy of moves. */
export const PolicySchema = component(
  'Policy',
  Type.Object({
    name: Type.String(),
    scope,
    subject: nullable(
      Type.String({ description: 'project or instance by its name, or a label; null where there is none' }),
    ),
    description: nullable(Type.String()),
    values: PolicyValuesSchema,
    updatedAt: Type.String(),
  }),
);
export type PolicyBody = Static<typeof PolicySchema>;

/** A policy to be set, whole: what it said before is gone. */
export const SetPolicySchema = Type.Object(
  {
    scope,
    subject: Type.Optional(
      nullable(
        Type.String({
          minLength: 1,
          maxLength: 600,
          description:
            'project or instance by name or id; or a label: a tag of instances, or key=value of their metadata',
        }),
      ),
    ),
    description: Type.Optional(nullable(Type.String({ maxLength: 255 }))),
    values: PolicyValuesSchema,
  },
  { additionalProperties: false },
);
export type SetPolicyBody = Static<typeof SetPolicySchema>;

const origin = Type.String({ description: 'who said it, in words' });

type EffectiveValues = {
  readonly [Key in keyof PolicyValues]: { readonly value: PolicyValues[Key]; readonly from: string };
};

/** What holds for moves of one instance: each value, and who said it. */
export const EffectivePolicySchema = component(
  'EffectivePolicy',
  Type.Object({
    instance: Type.String(),
    values: Type.Unsafe<EffectiveValues>(
      Type.Object(
        Object.fromEntries(
          Object.entries(valueSchemas).map(([key, value]) => [key, Type.Object({ value, from: origin })]),
        ),
      ),
    ),
    problems: Type.Array(Type.String(), {
      description: 'what the values contradict each other in: such a move is refused',
    }),
  }),
);
export type EffectivePolicyBody = Static<typeof EffectivePolicySchema>;
