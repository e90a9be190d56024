import { type RehearsedPhase, rehearsedPhases } from '@ferry/model';
import { Type } from 'typebox';
import { component, nullable } from './schema-parts.ts';

const PhaseReportSchema = component(
  'PhaseReport',
  Type.Object({
    phase: Type.Unsafe<RehearsedPhase>(Type.Union(rehearsedPhases.map((phase) => Type.Literal(phase)))),
    elapsedMs: Type.Number({ minimum: 0 }),
    says: Type.String({ description: 'what was done, and what was left out' }),
    problem: nullable(Type.Object({ code: Type.String(), message: Type.String(), remedy: Type.String() }), {
      description: 'what the migration itself would fail by; null: nothing',
    }),
  }),
);

const LinkRehearsalSchema = component(
  'LinkRehearsal',
  Type.Union([
    Type.Object({
      kind: Type.Literal('measured'),
      bytesPerSecond: Type.Number({ minimum: 0 }),
      bytes: Type.Number({ minimum: 0, description: 'what it was measured by' }),
      elapsedMs: Type.Number({ minimum: 0 }),
      limited: Type.Boolean({ description: 'a limit of the migration held it back' }),
    }),
    Type.Object({ kind: Type.Literal('not-measured'), because: Type.String() }),
  ]),
);

/** What a rehearsal found. */
export const RehearsalSchema = component(
  'Rehearsal',
  Type.Object({
    phases: Type.Array(PhaseReportSchema),
    link: LinkRehearsalSchema,
    kept: Type.Array(Type.String(), {
      description: 'what it brought to the target and left there, as something else needs it by now',
    }),
    asBefore: Type.Boolean({
      description:
        'both hosts were looked at afterwards and have nothing of it, but for what is in `kept`; false: it ended before that',
    }),
  }),
);
