import { type Static, Type } from 'typebox';
import { component } from './schema-parts.ts';

/** Something that somebody did, or tried. */
export const AuditRecordSchema = component(
  'AuditRecord',
  Type.Object({
    sequence: Type.Integer(),
    at: Type.String(),
    action: Type.String({
      description:
        'API and what was done: compute:servers.os-start; ferry:migration.finished by the controller',
    }),
    userId: Type.String(),
    userName: Type.String(),
    projectId: Type.Union([Type.String(), Type.Null()]),
    address: Type.String({ description: "where the request came from; local: the controller's own socket" }),
    requestId: Type.String(),
    target: Type.Record(Type.String(), Type.String(), {
      description: 'what it was done to, as the request names it',
    }),
    result: Type.Enum(['done', 'refused', 'failed']),
    status: Type.Union([Type.Integer(), Type.Null()], {
      description: 'of HTTP; 202: accepted, its end is a record of its own',
    }),
  }),
);
export type AuditBody = Static<typeof AuditRecordSchema>;

/** Which records; the same as the parameters of the page. */
export interface AuditFilter {
  readonly since?: string;
  readonly until?: string;
  readonly user?: string;
  readonly action?: string;
  readonly target?: string;
  readonly before?: number;
  readonly after?: number;
  readonly limit?: number;
}
