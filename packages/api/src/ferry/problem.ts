import { type Static, Type } from 'typebox';
import { component } from './component.ts';
import { FindingSchema } from './finding.ts';

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
