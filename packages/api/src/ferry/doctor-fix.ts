import { type Static, Type } from 'typebox';
import { DoctorFindingSchema } from './doctor.ts';
import { component, nullable } from './schema-parts.ts';

/** What is to be mended. */
export const FixRequestSchema = Type.Object(
  {
    hosts: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
        maxItems: 256,
        description: 'by name or id, with the ways between them; all when not given',
      }),
    ),
    dryRun: Type.Optional(Type.Boolean({ description: 'only say what would be done' })),
    plan: Type.Optional(
      Type.String({
        pattern: '^[0-9a-f]{64}$',
        description:
          'the `plan` of an answer to `dryRun`: where something else would be done by now, nothing is, and the request is refused',
      }),
    ),
  },
  { additionalProperties: false },
);
export type FixRequestBody = Static<typeof FixRequestSchema>;

/** What is done, or would be, about what the doctor finds. */
export const FixResultSchema = component(
  'FixResult',
  Type.Object({
    plan: Type.String({ description: 'digest of what is done, to say yes to' }),
    hosts: Type.Array(
      Type.Object({
        host: Type.String(),
        hostId: Type.String(),
        result: Type.Union([Type.Literal('planned'), Type.Literal('changed'), Type.Literal('not-changed')], {
          description: 'not-changed: nothing was begun, or all of it was put back, as `problem` says',
        }),
        problem: nullable(
          Type.String({
            description: 'why not all of it was done, and what became of what was begun; null: all was done',
          }),
        ),
        lines: Type.Array(Type.String(), {
          description: 'what is changed on it: commands with `$`, files as `diff -u` writes them',
        }),
        backup: nullable(
          Type.String({ description: 'the directory there in which what was changed is kept; null: none' }),
        ),
        fixes: Type.Array(
          Type.Object({
            code: Type.String(),
            what: Type.String(),
            finding: DoctorFindingSchema,
            state: Type.Union([Type.Literal('planned'), Type.Literal('fixed'), Type.Literal('not-fixed')]),
            now: nullable(Type.String({ description: 'what is still found afterwards; null: nothing' })),
          }),
        ),
      }),
    ),
    left: Type.Array(
      Type.Object({
        finding: DoctorFindingSchema,
        why: Type.String({ description: 'why a person has to see to it' }),
      }),
    ),
  }),
);
export type FixResultBody = Static<typeof FixResultSchema>;
