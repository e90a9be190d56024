import { type Static, Type } from 'typebox';
import { component, nullable } from './schema-parts.ts';
import { findingFields, SeveritySchema } from './problem.ts';

/** What is to be looked at. */
export const DoctorRequestSchema = Type.Object(
  {
    hosts: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
        maxItems: 256,
        description: 'by name or id, with the ways between them; all when not given',
      }),
    ),
    at: Type.Optional(
      Type.String({
        pattern: '^\\d{4}-\\d{2}-\\d{2}(T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,3})?Z)?$',
        description: 'for when certificates are judged, UTC; now when not given',
      }),
    ),
    measure: Type.Optional(
      Type.Boolean({ description: 'measure what the ways carry: sends for two seconds over each' }),
    ),
  },
  { additionalProperties: false },
);
export type DoctorRequestBody = Static<typeof DoctorRequestSchema>;

const Commands = Type.Array(Type.String());

export const DoctorFindingSchema = component(
  'DoctorFinding',
  Type.Object({
    ...findingFields,
    host: Type.String({ description: 'the host that it is of; of a pair, the one that a move leaves' }),
    peer: nullable(Type.String({ description: 'the other host of a pair' })),
    commands: nullable(
      Type.Object(
        { debian: Commands, redhat: Commands },
        { description: 'what to type, by whose packages the host has; null: no command does it' },
      ),
    ),
  }),
);
export type DoctorFindingBody = Static<typeof DoctorFindingSchema>;

const hostFields = {
  hostId: Type.String(),
  host: Type.String(),
  worst: SeveritySchema,
  findings: Type.Array(DoctorFindingSchema),
  certificates: Type.Array(
    Type.Object({ use: Type.String(), path: Type.String(), notAfter: Type.String() }),
    { description: 'those that were found, and when they end' },
  ),
};
const pairFields = {
  fromId: Type.String(),
  toId: Type.String(),
  from: Type.String(),
  to: Type.String(),
  worst: SeveritySchema,
  findings: Type.Array(DoctorFindingSchema),
};

/** What is found at hosts and on the ways between them. */
export const DiagnosisSchema = component(
  'Diagnosis',
  Type.Object({
    at: Type.String({ description: 'for when certificates were judged' }),
    hosts: Type.Array(Type.Object(hostFields)),
    pairs: Type.Array(Type.Object(pairFields), {
      description: 'moves from one host to another, each direction on its own',
    }),
  }),
);
export type DiagnosisBody = Static<typeof DiagnosisSchema>;

const examinedAt = { examinedAt: Type.String({ description: 'when that was found, UTC' }) };

/** The same as it was found last, by whoever looked. */
export const KeptDiagnosisSchema = component(
  'KeptDiagnosis',
  Type.Object({
    at: nullable(Type.String(), {
      description: 'the oldest time at which one of these hosts was looked at; null: none was yet',
    }),
    hosts: Type.Array(Type.Object({ ...hostFields, ...examinedAt }), {
      description: 'hosts that are looked after and were looked at',
    }),
    pairs: Type.Array(Type.Object({ ...pairFields, ...examinedAt })),
  }),
);
export type KeptDiagnosisBody = Static<typeof KeptDiagnosisSchema>;
