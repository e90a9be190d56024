import { type Static, Type } from 'typebox';
import { FindingSchema } from './finding.ts';

/** The body of every refusal. */
export const ProblemSchema = Type.Object({
  error: Type.Object({
    code: Type.String({ description: 'one of a closed list, stable' }),
    message: Type.String(),
    remedy: Type.String(),
    findings: Type.Optional(Type.Array(FindingSchema)),
  }),
});
export type ProblemBody = Static<typeof ProblemSchema>;
