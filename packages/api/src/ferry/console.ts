import { type Static, Type } from 'typebox';
import { component } from './component.ts';

const KindSchema = Type.Union([
  Type.Literal('serial', { description: 'the first serial port that can be opened' }),
  Type.Literal('vnc', { description: 'the screen' }),
]);

export const NewConsoleSchema = Type.Object({ kind: KindSchema }, { additionalProperties: false });
export type NewConsoleBody = Static<typeof NewConsoleSchema>;

/** Whoever has the token in these addresses has the console. */
export const ConsoleSchema = component(
  'Console',
  Type.Object({
    kind: KindSchema,
    streamPath: Type.String({
      description:
        'path of the WebSocket on this controller, with a token; binary messages both ways. `&force=1` takes a serial console from whoever has it open',
    }),
    pagePath: Type.String({ description: 'path of a page for a browser, with the same token' }),
    expiresAt: Type.String({
      description: 'UTC ISO 8601; until then the token opens it, one that is open stays open',
    }),
  }),
);
export type ConsoleBody = Static<typeof ConsoleSchema>;
