import { type Static, Type } from 'typebox';

/** Something that happened. `sequence` grows by one or more; a client asks for what came after the last it saw. */
export const EventSchema = Type.Object({
  sequence: Type.Integer(),
  at: Type.String(),
  kind: Type.String({ description: 'noun and change: migration.updated, instance.updated, host.updated' }),
  subjectId: Type.String(),
  message: Type.String(),
});
export type EventBody = Static<typeof EventSchema>;

export const HealthSchema = Type.Object({
  status: Type.Literal('ok'),
  version: Type.String(),
  startedAt: Type.String(),
  runningOperations: Type.Integer(),
  hostsUp: Type.Integer(),
  hostsDown: Type.Integer(),
});
export type HealthBody = Static<typeof HealthSchema>;
