import { type Static, Type } from 'typebox';
import { component } from './component.ts';

/** One check's result on the wire. */
export const FindingSchema = component(
  'Finding',
  Type.Object({
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
  }),
);
export type FindingBody = Static<typeof FindingSchema>;
