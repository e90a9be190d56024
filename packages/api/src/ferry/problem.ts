import { type Static, Type } from 'typebox';
import { component } from './schema-parts.ts';

/** How much a finding matters. */
export const SeveritySchema = Type.Union([
  Type.Literal('ok'),
  Type.Literal('info'),
  Type.Literal('warning'),
  Type.Literal('unknown'),
  Type.Literal('error'),
]);

/** What every finding has, of whatever it is. */
export const findingFields = {
  code: Type.String(),
  severity: SeveritySchema,
  message: Type.String(),
  compared: Type.Record(
    Type.String(),
    Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]),
  ),
  remedy: Type.String(),
};

/** One check's result on the wire. */
export const FindingSchema = component('Finding', Type.Object(findingFields));
export type FindingBody = Static<typeof FindingSchema>;

/** The body of every refusal. */
export const ProblemSchema = component(
  'Problem',
  Type.Object({
    error: Type.Object({
      code: Type.String({ description: 'one of a closed list, stable' }),
      message: Type.String(),
      remedy: Type.String(),
      findings: Type.Optional(Type.Array(FindingSchema)),
    }),
  }),
);
export type ProblemBody = Static<typeof ProblemSchema>;
