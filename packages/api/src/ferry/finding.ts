import { type Static, Type } from 'typebox';

/** One check's result on the wire. */
export const FindingSchema = Type.Object({
  code: Type.String(),
  severity: Type.Union([
    Type.Literal('ok'),
    Type.Literal('info'),
    Type.Literal('warning'),
    Type.Literal('unknown'),
    Type.Literal('error'),
  ]),
  message: Type.String(),
  compared: Type.Record(
    Type.String(),
    Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]),
  ),
  remedy: Type.String(),
});
export type FindingBody = Static<typeof FindingSchema>;
