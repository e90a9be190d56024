import { type Static, Type } from 'typebox';
import { component } from './component.ts';

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
