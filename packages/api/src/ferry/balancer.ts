import { type Static, Type } from 'typebox';
import { component, nullable } from './schema-parts.ts';

const maxPauseMs = 86_400_000;
const oneOf = <const Word extends string>(words: readonly Word[], description: string) =>
  Type.Unsafe<Word>(Type.Enum([...words], { description }));

/** A name of a balancer in an address. */
export const balancerName = Type.String({ minLength: 1, maxLength: 255, pattern: '^[^/\\s]+$' });

const settings = {
  mode: oneOf(
    ['off', 'propose', 'act'],
    'propose: a plan is made and waits for a person to apply it; act: it is carried out at once',
  ),
  groups: Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
    maxItems: 1_000,
    description: 'aggregates or zones; none: all hosts',
  }),
  onContentionOnly: Type.Boolean({ description: 'only where a host has more load than it can carry' }),
  everyMs: Type.Integer({ minimum: 10_000, maximum: maxPauseMs, description: 'between two looks' }),
  cooldownMs: Type.Integer({
    minimum: 0,
    maximum: maxPauseMs,
    description: 'an instance that has moved is let alone for so long',
  }),
};

/** What evens out the load of some hosts by itself. */
export const BalancerSchema = component(
  'Balancer',
  Type.Object({
    name: Type.String(),
    ...settings,
    dueAt: nullable(Type.String({ description: 'when it looks next; null: it is off' })),
    last: nullable(
      Type.Object({
        at: Type.String(),
        kind: oneOf(['even', 'proposed', 'applied', 'waits', 'failed'], 'what came of its last look'),
        because: Type.String(),
        planId: nullable(Type.String()),
      }),
    ),
  }),
);
export type BalancerBody = Static<typeof BalancerSchema>;

/** How a balancer is set: what is not given stays as it was, or is as usual. */
export const SetBalancerSchema = Type.Partial(Type.Object(settings), { additionalProperties: false });
export type SetBalancerBody = Static<typeof SetBalancerSchema>;
