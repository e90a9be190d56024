import { Type } from 'typebox';
import type { ServerAction } from './server-action.ts';

const ConsoleSchema = Type.Object(
  {
    length: Type.Optional(
      Type.Union([Type.Integer({ minimum: -1 }), Type.String({ pattern: '^-?[0-9]{1,9}$' }), Type.Null()]),
    ),
  },
  { additionalProperties: false },
);

/** What the guest has written to its serial console, the last lines of it. */
export const consoleOutput: ServerAction = {
  key: 'os-getConsoleOutput',
  bodyOf: () => ConsoleSchema,
  role: 'member',
  policy: 'os-console-output',
  heedsLock: false,
  run: async ({ controls, server, body }) => {
    const { length } = body as { length?: number | string | null };
    // Clients ask for all of it by -1, or by leaving the number away.
    const lines = length === undefined || length === null || Number(length) < 0 ? null : Number(length);
    return { status: 200, body: { output: await controls.consoleOutput(server.instance.id, lines) } };
  },
};
