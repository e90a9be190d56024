import type { HostAction, InstanceAction, MigrationAction } from '@ferry/model';
import { type Static, Type } from 'typebox';
import { component, nullable } from './schema-parts.ts';

const VerdictSchema = component(
  'ActionVerdict',
  Type.Object({
    allowed: Type.Boolean(),
    because: nullable(Type.String({ description: 'what stands in the way, and what to do' })),
  }),
);
export type ActionVerdictBody = Static<typeof VerdictSchema>;

const description =
  'in the answer for one alone: what may be done to it now as far as the records tell, and why not; no host is asked for it';

export const InstanceActionsSchema = Type.Optional(
  Type.Unsafe<Readonly<Record<InstanceAction, ActionVerdictBody>>>(
    Type.Record(Type.String(), VerdictSchema, { description }),
  ),
);
export const MigrationActionsSchema = Type.Optional(
  Type.Unsafe<Readonly<Record<MigrationAction, ActionVerdictBody>>>(
    Type.Record(Type.String(), VerdictSchema, { description }),
  ),
);
export const HostActionsSchema = Type.Optional(
  Type.Unsafe<Readonly<Record<HostAction, ActionVerdictBody>>>(
    Type.Record(Type.String(), VerdictSchema, {
      description:
        'in lists and in the answer for one: what may be done to it now as far as the records tell, and why not; no host is asked for it',
    }),
  ),
);
