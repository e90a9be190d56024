import { type Static, Type } from 'typebox';
import { component, nullable } from './schema-parts.ts';

/** Something that happened. `sequence` grows by one or more; a client asks for what came after the last it saw. */
export const EventSchema = Type.Object({
  sequence: Type.Integer(),
  at: Type.String(),
  kind: Type.String({ description: 'noun and change: migration.updated, instance.updated, host.updated' }),
  subjectId: Type.String(),
  message: Type.String(),
});
export type EventBody = Static<typeof EventSchema>;

/** Kinds of events that there are. */
export const eventKinds = [
  'host.added',
  'host.updated',
  'host.removed',
  'instance.adopted',
  'instance.updated',
  'migration.updated',
  'plan.updated',
  'security-group.updated',
] as const;

/** Which events a follower is told: those that fit both. */
export const EventFilterSchema = Type.Object({
  kind: Type.Optional(Type.Unsafe<(typeof eventKinds)[number]>(Type.Enum([...eventKinds]))),
  subject: Type.Optional(
    Type.String({ minLength: 1, maxLength: 255, description: 'id of what it happened to' }),
  ),
});
export type EventFilter = Static<typeof EventFilterSchema>;

export const HealthSchema = component(
  'Health',
  Type.Object({
    status: Type.Literal('ok'),
    version: Type.String(),
    startedAt: Type.String(),
    runningOperations: Type.Integer(),
    hostsUp: Type.Integer(),
    hostsDown: Type.Integer(),
  }),
);
export type HealthBody = Static<typeof HealthSchema>;

/** Whether a controller can do its work, and of each part why it cannot. */
export const ReadinessSchema = component(
  'Readiness',
  Type.Object({
    ready: Type.Boolean(),
    parts: Type.Array(
      Type.Object({ part: Type.String(), ready: Type.Boolean(), reason: nullable(Type.String()) }),
    ),
  }),
);
